#!/bin/sh
# members join|gather|spread: see members.js, which does it. `join` beside the server of mongodb-0, the others in any member.
set -eu
ADMIN_PASSWORD=$(cat /auth/password)
export ADMIN_PASSWORD MEMBERS_ACTION="$1"
exec mongosh --quiet --norc 'mongodb://mongodb-0.mongodb-headless:27017/admin?directConnection=true&serverSelectionTimeoutMS=120000' /scripts/members.js

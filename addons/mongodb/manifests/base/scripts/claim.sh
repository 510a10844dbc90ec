#!/bin/sh
# claim create|remove: gives a project its database and user, or takes them away. Twice is the same as once.
# The values come as key=value lines on stdin: never in an argument, never as code. claim.js reads them from its environment.
set -eu

database='' user='' password=''
while IFS='=' read -r key value; do
  case $key in
    database) database=$value ;;
    user) user=$value ;;
    password) password=$value ;;
    '') ;;
    *) echo "cannot claim: unknown value '$key'" >&2; exit 64 ;;
  esac
done

case $database in
  '' | *[!a-z0-9_]*) echo "cannot claim: '$database' is not a name of a-z, 0-9 and '_'" >&2; exit 64 ;;
  admin | config | local)
    echo "cannot claim: '$database' is a name of MongoDB's own; give the project another name" >&2
    exit 64
    ;;
esac
[ -n "$user" ] || { echo "cannot claim: no user given" >&2; exit 64; }

case ${1:-} in
  create) [ -n "$password" ] || { echo "cannot claim: no password given" >&2; exit 64; } ;;
  remove) rm -rf "/data/history/$user" ;; # what was typed
  *) echo "usage: claim create|remove" >&2; exit 64 ;;
esac
ADMIN_PASSWORD=$(cat /auth/password)
export ADMIN_PASSWORD CLAIM_ACTION="$1" CLAIM_DATABASE="$database" CLAIM_USER="$user" CLAIM_PASSWORD="$password"
# Of several members only one takes writes: PRIMARY names its Service.
exec mongosh --quiet --norc "mongodb://${PRIMARY:-127.0.0.1}:27017/admin?directConnection=true" /scripts/claim.js

#!/bin/sh
# Gives the pooler its role, or sets it right again. Passwords reach psql in its environment, which quotes them itself.
set -eu
for programs in /usr/lib/postgresql/*/bin; do PATH=$programs:$PATH; done
until pg_isready --quiet --host=postgres --timeout=2; do sleep 0.5; done # after a restart of the nodes all start at once

PGPASSWORD=$(cat /admin/password)
PREPARE_PASSWORD=$(cat /auth/password)
export PGPASSWORD PREPARE_PASSWORD
exec psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --host=postgres --username=postgres --dbname=postgres \
  --output=/dev/null --file=/scripts/prepare.sql

#!/bin/sh
# Gives the pooler its role, or sets it right again. Passwords reach psql in its environment, which quotes them itself.
set -eu
for programs in /usr/lib/postgresql/*/bin; do PATH=$programs:$PATH; done
PGPASSWORD=$(cat /admin/password)
PREPARE_PASSWORD=$(cat /auth/password)
export PGPASSWORD PREPARE_PASSWORD PGCONNECT_TIMEOUT=2
asked() { psql --no-psqlrc --quiet --host=postgres --username=postgres --dbname=postgres "$@"; }

# After a restart of the nodes all start at once, and the name may still lead to one that follows: it takes no writes.
until [ "$(asked --tuples-only --no-align --command='SELECT pg_is_in_recovery()')" = f ]; do sleep 0.5; done
asked --set=ON_ERROR_STOP=1 --output=/dev/null --file=/scripts/prepare.sql

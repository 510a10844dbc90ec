#!/bin/sh
# PgBouncer reads the password of its own user from a file of its own form.
set -eu
umask 077
printf '"greenfield.pooler" "%s"\n' "$(cat /auth/password)" >/run/pgbouncer/users.txt
exec pgbouncer /config/pgbouncer.ini

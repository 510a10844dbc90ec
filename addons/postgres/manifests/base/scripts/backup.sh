#!/bin/sh
# backup dump|restore: a project's database as pg_dump's own format on stdout, or back from stdin. The values come first on
# stdin, as key=value lines ended by an empty line: never in an argument, never as code (backup.sql quotes them).
# A restore goes into a database beside the project's, in one transaction, and the two change names when it is whole: what
# ends in the middle leaves the project's database as it was.
set -eu
for programs in /usr/lib/postgresql/*/bin; do PATH=$programs:$PATH; done

database='' user=''
while IFS='=' read -r key value && [ -n "$key" ]; do
  case $key in
    database) database=$value ;;
    user) user=$value ;;
    *) echo "cannot back up: unknown value '$key'" >&2; exit 64 ;;
  esac
done
[ -n "$database" ] && [ -n "$user" ] || { echo "cannot back up: no database or no user given" >&2; exit 64; }

export BACKUP_DATABASE="$database" BACKUP_USER="$user"
# sql STEP: a part of backup.sql.
sql() {
  BACKUP_STEP=$1 psql --no-psqlrc --quiet --tuples-only --set=ON_ERROR_STOP=1 --username=postgres --dbname=postgres \
    --output=/dev/null --file=/scripts/backup.sql
}

case ${1:-} in
  dump) exec pg_dump --format=custom --username=postgres --dbname="$database" ;;
  restore)
    exec 9>"/run/postgresql/backup-$database.lock"
    flock 9 # one whose daemon was killed may still be on its way out
    trap 'sql tidy || true' EXIT
    sql prepare
    pg_restore --exit-on-error --single-transaction --username=postgres --dbname="$database~restoring"
    sql switch
    ;;
  *) echo "usage: backup dump|restore" >&2; exit 64 ;;
esac

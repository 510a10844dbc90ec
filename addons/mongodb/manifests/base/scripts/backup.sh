#!/bin/sh
# backup dump|restore: a project's database on stdout, or back from stdin. The values come first on stdin, as key=value lines
# ended by an empty line: never in an argument. Where the genuine server runs, with its mongodump and mongorestore; with the
# stand-in, which has neither, backup.js writes and reads lines of JSON. Neither reads the other's.
# MongoDB cannot exchange one database for another: a restore that ends in the middle, which is announced, leaves the
# project's database incomplete.
set -eu
umask 077

database=''
while IFS='=' read -r key value && [ -n "$key" ]; do
  case $key in
    database) database=$value ;;
    *) echo "cannot back up: unknown value '$key'" >&2; exit 64 ;;
  esac
done
case $database in
  '' | admin | config | local | *[!a-z0-9_]*) echo "cannot back up: '$database' is not the name of a project's database" >&2; exit 64 ;;
esac

ADMIN_PASSWORD=$(cat /auth/password)
export ADMIN_PASSWORD BACKUP_ACTION="${1:-}" BACKUP_DATABASE="$database"
shell() { mongosh --quiet --norc 'mongodb://127.0.0.1:27017/admin?directConnection=true' "$@"; }
# genuine PROGRAM OPTION...: the password goes by a file, for it must not stand in a list of processes.
genuine() {
  program=$1
  shift
  echo "password: $ADMIN_PASSWORD" >/run/mongodb/backup.yaml
  "$program" --config=/run/mongodb/backup.yaml --host=127.0.0.1 --port=27017 --username=root --authenticationDatabase=admin \
    --quiet --archive "$@"
}

case $BACKUP_ACTION in
  dump) if command -v mongodump >/dev/null; then genuine mongodump --db="$database"; else shell /scripts/backup.js; fi ;;
  restore)
    exec 9>"/run/mongodb/backup-$database.lock"
    flock 9 # one whose daemon was killed may still be on its way out
    echo replacing
    BACKUP_ACTION=drop shell /scripts/backup.js </dev/null
    if command -v mongorestore >/dev/null; then genuine mongorestore --nsInclude="$database.*"
    else { cat /scripts/backup.js; sed 's/.*/restore(&);/'; echo 'finish();'; } | shell >&2
    fi
    ;;
  *) echo "usage: backup dump|restore" >&2; exit 64 ;;
esac

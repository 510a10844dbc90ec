#!/bin/sh
# backup dump|restore: a project's database as SQL on stdout, or back from stdin. The values come first on stdin, as
# key=value lines ended by an empty line: never in an argument. They stand in SQL only after they were found to be made of
# letters, digits and '_'.
# A restore loads the dump into a database beside the project's; only when that is whole is the project's one dropped and
# the tables are moved into its place. MySQL cannot do the latter as one: what ends within those moments, which are
# announced, leaves the project's database incomplete.
set -eu

database='' user=''
while IFS='=' read -r key value && [ -n "$key" ]; do
  case $key in
    database) database=$value ;;
    user) user=$value ;;
    *) echo "cannot back up: unknown value '$key'" >&2; exit 64 ;;
  esac
done
for name in "$database" "$user"; do
  case $name in
    '' | *[!a-z0-9_]*) echo "cannot back up: '$name' is not a name of a-z, 0-9 and '_'" >&2; exit 64 ;;
  esac
done
fresh="$database~restoring" mark='~whole'

# As root over the socket, where the server knows who asks and wants no password.
sql() { mysql --defaults-file=/config/my.cnf --user=root --batch --skip-column-names "$@"; }
dump() { mysqldump --defaults-file=/config/my.cnf --user=root --no-tablespaces --set-gtid-purged=OFF --hex-blob "$@"; }
# names KIND: of the tables (BASE TABLE) or views (VIEW) that were loaded.
names() { echo "SELECT table_name FROM information_schema.tables WHERE table_schema = '$fresh' AND table_type = '$1'" | sql; }
quoted() { printf %s "$1" | sed 's/`/``/g'; }

case ${1:-} in
  dump)
    dump --single-transaction --routines --triggers --events "$database"
    echo "CREATE TABLE \`$mark\` (whole INT);" # a dump without its end would load as well
    ;;
  restore)
    exec 9>"/run/mysqld/backup-$database.lock"
    flock 9 # one whose daemon was killed may still be on its way out
    objects=$(mktemp)
    trap 'rm -f "$objects"; echo "DROP DATABASE IF EXISTS \`$fresh\`" | sql' EXIT
    echo "DROP DATABASE IF EXISTS \`$fresh\`; CREATE DATABASE \`$fresh\`" | sql
    sql --binary-mode "$fresh"
    [ "$(names 'BASE TABLE' | grep -cxF "$mark")" = 1 ] || { echo "cannot restore: the backup has no end" >&2; exit 1; }
    echo "DROP TABLE \`$mark\`" | sql "$fresh"

    # Tables move with all that is in them; views, triggers, routines and events are made anew.
    names VIEW >"$objects"
    set --
    while IFS= read -r view; do set -- "$@" "$view"; done <"$objects"
    {
      [ $# -eq 0 ] || dump --no-data --skip-triggers "$fresh" "$@"
      dump --no-data --no-create-info --routines --triggers --events "$fresh"
    } >"$objects"
    triggers=$(echo "SELECT CONCAT('DROP TRIGGER \`', REPLACE(trigger_name, '\`', '\`\`'), '\`;') FROM information_schema.triggers
      WHERE trigger_schema = '$fresh'" | sql)
    echo "$triggers" | sql "$fresh"
    moves=$(names 'BASE TABLE' | while IFS= read -r table; do
      printf '%s `%s`.`%s` TO `%s`.`%s`' "${comma-}" "$fresh" "$(quoted "$table")" "$database" "$(quoted "$table")"
      comma=,
    done)

    # A session in the middle of a transaction would hold up DROP DATABASE: no new ones, and those there are end.
    trap 'rm -f "$objects"; echo "ALTER USER IF EXISTS '"'$user'@'%'"' ACCOUNT UNLOCK; DROP DATABASE IF EXISTS \`$fresh\`" | sql' EXIT
    echo "ALTER USER IF EXISTS '$user'@'%' ACCOUNT LOCK" | sql
    echo "SELECT CONCAT('KILL ', id, ';') FROM information_schema.processlist WHERE user = '$user'" | sql | sql --force
    echo replacing
    sql <<SQL
SET lock_wait_timeout = 30;
DROP DATABASE IF EXISTS \`$database\`;
CREATE DATABASE \`$database\`;
${moves:+RENAME TABLE$moves;}
SQL
    sql --binary-mode "$database" <"$objects"
    ;;
  *) echo "usage: backup dump|restore" >&2; exit 64 ;;
esac

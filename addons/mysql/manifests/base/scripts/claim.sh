#!/bin/sh
# claim create|remove: gives a project its database and user, or takes them away. Twice is the same as once.
# The values come as key=value lines on stdin: never in an argument. They stand in SQL only after they were found to be
# made of letters, digits and '_'.
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

for name in "$database" "$user"; do
  case $name in
    '' | *[!a-z0-9_]*) echo "cannot claim: '$name' is not a name of a-z, 0-9 and '_'" >&2; exit 64 ;;
    root | mysql | sys | information_schema | performance_schema)
      echo "cannot claim: '$name' is a name of MySQL's own; give the project another name" >&2
      exit 64
      ;;
  esac
done

# As root over the socket, where the server knows who asks and wants no password. Of several members only the primary can do
# it: PRIMARY names its Service. While it changes, what fails for that is tried again.
sql() {
  if [ -z "${PRIMARY:-}" ]; then
    mysql --defaults-file=/config/my.cnf --user=root --batch --skip-column-names "$@"
    return
  fi
  statements=$(cat) tries=0
  until said=$(printf '%s\n' "$statements" | mysql --defaults-file=/run/mysqld/root.cnf --host="$PRIMARY" --batch --skip-column-names "$@" 2>&1); do
    tries=$((tries + 1))
    case $said in
      "ERROR 20"* | *"ERROR 1053"* | *"ERROR 1290"* | *"ERROR 1317"* | *"ERROR 3100"*) [ "$tries" -lt 30 ] && sleep 2 && continue ;;
    esac
    printf '%s\n' "$said" >&2
    return 1
  done
  [ -z "$said" ] || printf '%s\n' "$said"
}

case ${1:-} in
  create)
    case $password in
      '' | *[!A-Za-z0-9]*) echo "cannot claim: the password is not one of letters and digits" >&2; exit 64 ;;
    esac
    # In the name of a database to grant, '_' would stand for any character.
    sql <<SQL
CREATE DATABASE IF NOT EXISTS \`$database\`;
CREATE USER IF NOT EXISTS '$user'@'%' IDENTIFIED BY '$password';
ALTER USER '$user'@'%' IDENTIFIED BY '$password' ACCOUNT UNLOCK;
GRANT ALL ON \`$(printf %s "$database" | sed 's/_/\\_/g')\`.* TO '$user'@'%';
SQL
    ;;
  remove)
    rm -f "/data/history/$user" # what was typed
    # A session in the middle of a transaction would hold up DROP DATABASE: no new ones, and those there are end.
    echo "ALTER USER IF EXISTS '$user'@'%' ACCOUNT LOCK" | sql
    echo "SELECT CONCAT('KILL ', id, ';') FROM information_schema.processlist WHERE user = '$user'" | sql | sql --force
    sql <<SQL
SET lock_wait_timeout = 30;
DROP DATABASE IF EXISTS \`$database\`;
DROP USER IF EXISTS '$user'@'%';
SQL
    ;;
  *) echo "usage: claim create|remove" >&2; exit 64 ;;
esac

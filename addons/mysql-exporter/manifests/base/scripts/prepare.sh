#!/bin/sh
# Gives the exporter its user, or sets it right again. Passwords come in the environment and on stdin: never in an argument.
# They stand in SQL as they are: the daemon makes them of letters and digits.
set -eu
MYSQL_PWD=$(cat /admin/password)
export MYSQL_PWD
client() { mysql --no-defaults --host=mysql --user=root --connect-timeout=2 "$@"; }

# After a restart of the nodes all start at once, and the name may still lead to one that follows: it takes no writes.
until [ "$(client --skip-column-names --batch --execute='SELECT @@super_read_only')" = 0 ]; do sleep 0.5; done

client <<SQL
CREATE USER IF NOT EXISTS 'greenfield.exporter'@'%';
ALTER USER 'greenfield.exporter'@'%' IDENTIFIED BY '$(cat /auth/password)' WITH MAX_USER_CONNECTIONS 3;
GRANT PROCESS, REPLICATION CLIENT ON *.* TO 'greenfield.exporter'@'%';
GRANT SELECT ON performance_schema.* TO 'greenfield.exporter'@'%';
SQL

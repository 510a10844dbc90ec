#!/bin/sh
# Gives the exporter its user, or sets it right again. Passwords come in the environment and on stdin: never in an argument.
# They stand in SQL as they are: the daemon makes them of letters and digits.
set -eu
MYSQL_PWD=$(cat /admin/password)
export MYSQL_PWD
client() { program=$1; shift; "$program" --no-defaults --host=mysql --user=root --connect-timeout=2 "$@"; }
until client mysqladmin ping >/dev/null 2>&1; do sleep 0.5; done # after a restart of the nodes all start at once

client mysql <<SQL
CREATE USER IF NOT EXISTS 'greenfield.exporter'@'%';
ALTER USER 'greenfield.exporter'@'%' IDENTIFIED BY '$(cat /auth/password)' WITH MAX_USER_CONNECTIONS 3;
GRANT PROCESS, REPLICATION CLIENT ON *.* TO 'greenfield.exporter'@'%';
GRANT SELECT ON performance_schema.* TO 'greenfield.exporter'@'%';
SQL

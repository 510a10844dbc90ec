#!/bin/sh
# Starts MySQL, the only one of this volume's data.
set -eu

# What the profile full leaves behind: to which group the data belong, and what was kept for its members. From here on they
# are nobody else's.
rm -f /data/group /data/mysql/binlog.[0-9]* /data/mysql/binlog.index
sync /data
/bin/sh /scripts/prepare
exec mysqld --defaults-file=/config/my.cnf --init-file=/run/mysqld/admin.sql

#!/bin/sh
# What a start of MySQL needs: makes the data folder when the volume holds none, and says what root may do.
set -eu
umask 077

data=/data/mysql
if [ ! -d "$data" ]; then
  # Made beside its place, written to disk as a whole, then renamed: a kill at any moment leaves no half-made folder behind.
  rm -rf "$data.new"
  mysqld --defaults-file=/config/my.cnf --datadir="$data.new" --initialize-insecure \
    --innodb-flush-method=nosync --innodb-doublewrite=OFF
  sync -f "$data.new"
  mv "$data.new" "$data"
  sync /data
fi

# The server makes its keys at the first start, and only when there are none: what a kill left half made goes.
for key in ca ca-key server-cert server-key client-cert client-key private_key public_key; do
  [ -s "$data/$key.pem" ] || { rm -f "$data"/*.pem; break; }
done

# Before the first client is let in, at every start: over the socket root needs to be the user that runs the server, over
# TCP the password of the Secret, whatever the volume remembers. Each server does it for itself, so it is not replicated.
password=$(sed "s/[\\\\']/\\\\&/g" /auth/password)
cat >/run/mysqld/admin.sql <<SQL
SET sql_log_bin = OFF;
SET GLOBAL super_read_only = OFF;
ALTER USER 'root'@'localhost' IDENTIFIED WITH auth_socket AS 'mysql';
CREATE USER IF NOT EXISTS 'root'@'%' IDENTIFIED BY '$password';
ALTER USER 'root'@'%' IDENTIFIED BY '$password';
GRANT ALL ON *.* TO 'root'@'%' WITH GRANT OPTION;
SQL

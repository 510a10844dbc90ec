#!/bin/sh
# ready [wait]: whether MySQL accepts connections, as in the profile dev; without `wait` also whether it is a member of the
# group, which member.sh tells in /run/mysqld/role.
[ "${1:-}" = wait ] || [ -s /run/mysqld/role ] || exit 1
until mysqladmin --no-defaults --host=127.0.0.1 --user=root --ssl-mode=DISABLED --connect-timeout=2 ping >/dev/null 2>&1; do
  [ "${1:-}" = wait ] || exit 1
  sleep 0.05
done

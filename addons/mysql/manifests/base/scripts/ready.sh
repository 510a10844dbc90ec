#!/bin/sh
# ready [wait]: whether MySQL accepts connections. Asked over TCP, as applications do; to be turned away for want of a
# password is an answer too. With `wait` it asks every 50 ms until it does, so that a start is noticed when it happens and
# not at the next probe.
until mysqladmin --no-defaults --host=127.0.0.1 --user=root --ssl-mode=DISABLED --connect-timeout=2 ping >/dev/null 2>&1; do
  [ "${1:-}" = wait ] || exit 1
  sleep 0.05
done

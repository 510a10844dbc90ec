#!/bin/sh
# ready [wait]: whether Redis answers, which it does not while it loads its data. With `wait` it asks every 50 ms until it
# does, so that a start is noticed when it happens and not at the next probe.
until redis-cli -e ping >/dev/null 2>&1; do
  [ "${1:-}" = wait ] || exit 1
  sleep 0.05
done

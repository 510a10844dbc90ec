#!/bin/sh
# ready [wait]: whether PostgreSQL accepts connections. Asked over TCP: at that address it answers only when it serves.
# With `wait` it asks every 50 ms until it does, so that a start is noticed when it happens and not at the next probe.
for programs in /usr/lib/postgresql/*/bin; do PATH=$programs:$PATH; done
until pg_isready --quiet --host=127.0.0.1 --port=5432 --timeout=2; do
  [ "${1:-}" = wait ] || exit 1
  sleep 0.05
done

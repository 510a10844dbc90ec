#!/bin/sh
# Makes the database cluster when the volume holds none.
set -eu

# Debian's place for the programs, which the official image keeps as well; the image holds one version.
for programs in /usr/lib/postgresql/*/bin; do PATH=$programs:$PATH; done

data=/data/pgdata
[ ! -d "$data" ] || exit 0
# Made beside its place, written to disk, then renamed: a kill at any moment leaves no half-made cluster behind.
rm -rf "$data.new"
initdb --pgdata="$data.new" --username=postgres --pwfile=/auth/password \
  --auth-local=peer --auth-host=scram-sha-256 --encoding=UTF8 --data-checksums \
  --locale=C.UTF-8 --locale-provider=builtin --builtin-locale=C.UTF-8 \
  --no-instructions --sync-method=syncfs
mv "$data.new" "$data"
sync /data

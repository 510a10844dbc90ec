#!/bin/sh
# Starts PostgreSQL, the only one of this volume's data.
set -eu
/bin/sh /scripts/initialize

# What the profile full leaves behind: that it followed another server, the slots of those that followed it, and to which
# generation of members the data belong. From here on they are nobody else's.
data=/data/pgdata
rm -rf "$data/standby.signal" "$data"/pg_replslot/postgres_[0-9]* /data/generation
sync /data

for programs in /usr/lib/postgresql/*/bin; do PATH=$programs:$PATH; done
exec postgres -D "$data" --config-file=/config/postgresql.conf

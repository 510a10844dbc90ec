#!/bin/sh
# Starts MySQL as what may become a member of the group; the container `member` makes it one (member.sh).
#
# /data/group says to which group the data belong: none yet when it is all zeros. There is no such file where the profile dev
# has been: its data are the beginning of a new group. Only mysql-0 was ever in that profile.
# shellcheck disable=SC3028  # Kubernetes sets HOSTNAME
set -eu
umask 077
if [ ! -e /data/group ] && { [ "$HOSTNAME" != mysql-0 ] || [ ! -d /data/mysql ]; }; then
  echo 00000000-0000-0000-0000-000000000000 >/data/group
fi
rm -f /run/mysqld/role
/bin/sh /scripts/prepare
echo 'SET GLOBAL super_read_only = ON;' >>/run/mysqld/admin.sql
cat >/run/mysqld/root.cnf <<CNF
[client]
user = root
password = "$(cat /auth/password)"
connect-timeout = 2
CNF

# A server that has taken over a copy of another one's data ends with 16, in order to be started anew by whoever started it; one
# that has dropped out of the group, or could not get in, ends with 0. The kubelet would start it too, but waits longer each
# time, for minutes in the end. One that cannot start ends with another code, and is left to the kubelet.
# The container `member` leaves the file `stuck` where the server has to be ended by force: see member.sh.
export MYSQLD_PARENT_PID=$$
ending=''
trap 'ending=yes; kill -TERM "$server" 2>/dev/null' TERM
while :; do
  rm -f /run/mysqld/stuck # meant for the one before
  group=$(cat /data/group 2>/dev/null || true)
  mysqld --defaults-file=/config/my.cnf --init-file=/run/mysqld/admin.sql \
    --server-id=$((${HOSTNAME##*-} + 1)) --report-host="$HOSTNAME.mysql-headless.data.svc.cluster.local" \
    --loose-group-replication-local-address="$HOSTNAME.mysql-headless.data.svc.cluster.local:33061" \
    ${group:+--loose-group-replication-group-name="$group"} &
  server=$!
  while kill -0 "$server" 2>/dev/null; do
    if [ -e /run/mysqld/stuck ]; then rm -f /run/mysqld/stuck; kill -KILL "$server" 2>/dev/null || true; fi
    sleep 1 & wait $! || true
  done
  code=0
  wait "$server" || code=$?
  [ -z "$ending" ] && { [ "$code" = 0 ] || [ "$code" = 16 ] || [ "$code" = 137 ]; } || exit "$code"
done

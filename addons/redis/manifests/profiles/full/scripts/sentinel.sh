#!/bin/sh
# Starts the Sentinel of this pod. It begins with the master that the others know, else with the first member, and keeps
# what it learns in its own file.
set -eu
umask 077
. /scripts/members
conf=/run/redis/sentinel.conf
if [ ! -s "$conf" ]; then
  find_master || master=redis-0
  cat >"$conf.new" <<CONF
port 26379
dir /run/redis
protected-mode no
requirepass $REDISCLI_AUTH
sentinel sentinel-pass $REDISCLI_AUTH
sentinel resolve-hostnames yes
sentinel announce-hostnames yes
sentinel announce-ip $(hostname).$domain
sentinel monitor gf $master.$domain 6379 2
sentinel auth-pass gf $REDISCLI_AUTH
sentinel down-after-milliseconds gf 3000
sentinel failover-timeout gf 10000
sentinel parallel-syncs gf 2
CONF
  mv "$conf.new" "$conf"
fi
# It ends when it cannot resolve the master's name, which is not there before that pod is.
master=$(awk '/^sentinel monitor gf / { print $4 }' "$conf")
until getent ahostsv4 "$master" >/dev/null; do sleep 0.2; done
exec redis-server "$conf" --sentinel

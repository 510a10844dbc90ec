# shellcheck shell=sh
# Sourced: how the members find each other. $master is the name of the pod that the newest word of the Sentinels names.
domain=redis-headless.data.svc.cluster.local
members="redis-0 redis-1 redis-2"
# find_master: a Sentinel that was away may tell the past; the highest number of a configuration is the newest.
find_master() {
  master=$(for member in $members; do
    redis-cli -h "$member.$domain" -p 26379 -t 1 --raw sentinel master gf 2>/dev/null | awk '
      previous == "ip" { host = $0 } previous == "config-epoch" { epoch = $0 } { previous = $0 }
      END { if (host != "") print epoch, host }'
  done | sort -n | tail -n 1 | sed 's/^[0-9]* //; s/\..*//')
  [ -n "$master" ]
}

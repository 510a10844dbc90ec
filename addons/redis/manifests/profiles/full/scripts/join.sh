# shellcheck shell=sh
# Sourced by the start script: replicates the master that the Sentinels name, unless that is this pod. The Sentinel of
# this pod starts at the same time, so there is an answer soon.
. /scripts/members
until find_master; do sleep 0.2; done

me=$(hostname)
settings() {
  echo "masterauth $REDISCLI_AUTH"
  echo "replica-announce-ip $me.$domain"
  if [ "$master" != "$me" ]; then echo "replicaof $master.$domain 6379"; fi
}
# Users are not replicated: what was claimed while this member was away is known to the master.
known_users() {
  if [ "$master" != "$me" ] && redis-cli -e -h "$master.$domain" -t 2 --raw acl list 2>/dev/null; then return; fi
  cat "$users" 2>/dev/null || true
}

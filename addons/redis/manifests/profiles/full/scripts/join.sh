# shellcheck shell=sh
# Sourced by the start script: replicates the master that the Sentinels name, unless that is this pod. The Sentinel of
# this pod starts at the same time, so there is an answer soon.
. /scripts/members
until find_master; do sleep 0.2; done
me=$(hostname)

# A master whose replicas have lost it does not take clients again for a moment: another is being chosen, and it waits for
# that, unless nobody is.
is_missed() {
  for member in $members; do
    if [ "$member" != "$me" ] && redis-cli -h "$member.$domain" -t 1 info replication 2>/dev/null | tr -d '\r' | awk -v "me=$me" -F '[:.]' '
      /^role:slave/ { replica = 1 } /^master_host:/ { of = $2 } /^master_link_down_since_seconds:[0-9]/ { lost = 1 }
      END { exit !(replica && of == me && lost) }'; then return; fi
  done
  return 1
}
limit=$(($(date +%s) + 10))
while [ "$master" = "$me" ] && [ "$(date +%s)" -lt $limit ] && is_missed; do
  sleep 0.2
  find_master || master=$me
done

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

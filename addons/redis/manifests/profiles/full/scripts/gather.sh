#!/bin/sh
# Makes redis-0 the master, as the member that stays when the profile is left. Writes are held back while it takes over,
# so that nothing acknowledged is lost.
set -eu
. /scripts/members
at() { member=$1; shift; redis-cli -e -h "$member.$domain" -t 2 --raw "$@" 2>&1; }
sentinel() { redis-cli -e -p 26379 --raw sentinel "$@"; }
# until SECONDS WORDS COMMAND...: there is no event for what the members know of each other.
wait_until() {
  left=$(($1 * 2)) what=$2; shift 2
  until "$@"; do
    left=$((left - 1))
    [ $left -gt 0 ] || { echo "cannot make redis-0 the master: $what" >&2; exit 1; }
    sleep 0.5
  done
}
is_master() { find_master && [ "$master" = redis-0 ] && [ "$(at redis-0 role | head -n 1)" = master ]; }
# Whether redis-0 is the only replica that may be chosen, as far as this pod's Sentinel knows (it looks every ten seconds).
is_only_choice() {
  sentinel replicas gf | awk '
    previous == "ip" { host = $0 } previous == "slave-priority" && ($0 == 0) == (host ~ /^redis-0\./) { wrong = 1 } { previous = $0 }
    END { exit wrong }'
}
offset() { at "$1" info replication | tr -d '\r' | sed -n 's/^master_repl_offset://p'; }
has_all() { [ "$(offset redis-0)" = "$(offset "$old")" ]; }
set_priority() { for member in redis-1 redis-2; do at $member config set replica-priority "$1" >/dev/null; done; }

if is_master; then exit; fi
wait_until 20 "no Sentinel knows a master" find_master
old=$master
trap 'set_priority 100' EXIT
set_priority 0
wait_until 30 "its Sentinel does not see the priorities" is_only_choice
at "$old" client pause 5000 write >/dev/null
wait_until 4 "it does not catch up with $old" has_all
sentinel failover gf >/dev/null
wait_until 30 "Sentinel does not make it so" is_master

#!/bin/bash
# members gather|spread, in any member.
# gather: makes mysql-0 the primary, so that its volume has everything. spread: waits until all three are in the group.
set -euo pipefail
# shellcheck source=group.sh
source /scripts/group
trouble=/run/mysqld/members.err

# until_holds SECONDS COMMAND...
until_holds() { local until=$((SECONDS + $1)); shift; until "$@"; do ((SECONDS < until)) || return 1; sleep 1; done; }
gathered() {
  [[ $(there "$(host 0)" "SELECT member_state, member_role FROM performance_schema.replication_group_members WHERE member_id = @@server_uuid" 2>"$trouble") = $'ONLINE\tPRIMARY' ]]
}
gather() {
  local seed
  gathered && return
  seed=$(there "$(host 0)" "SELECT @@server_uuid" 2>"$trouble") || return
  timeout 60 mysql --defaults-file=/run/mysqld/root.cnf --host=mysql --batch <<<"SELECT group_replication_set_as_primary('$seed')" >/dev/null 2>"$trouble"
  gathered
}
spread() { [[ $(here "SELECT COUNT(*) FROM performance_schema.replication_group_members WHERE member_state = 'ONLINE'" 2>"$trouble") = 3 ]]; }

case ${1:-} in
  gather) until_holds 120 gather || { echo "cannot gather: mysql-0 does not become the primary: $(cat "$trouble")" >&2; exit 1; } ;;
  spread) until_holds 300 spread || { echo "cannot spread: not all three are in the group: $(cat "$trouble")" >&2; exit 1; } ;;
  *) echo "usage: members gather|spread" >&2; exit 64 ;;
esac

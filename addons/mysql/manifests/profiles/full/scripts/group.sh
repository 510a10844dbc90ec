# shellcheck shell=bash
# What the servers say of themselves. Sourced.

no_group=00000000-0000-0000-0000-000000000000
# The name of a group begins with the time of its beginning: of two the newer one sorts last.
new_group() {
  local random
  random=$(cat /proc/sys/kernel/random/uuid) && printf '%08x%s\n' "$(date +%s)" "${random:8}"
}
host() { echo "mysql-$1.mysql-headless.data.svc.cluster.local"; }
# here SQL: as root over the socket. Passwords travel on standard input.
here() { timeout 60 mysql --defaults-file=/config/my.cnf --user=root --batch --skip-column-names <<<"$1"; }
# there HOST SQL: as root on another server.
there() { timeout 5 mysql --defaults-file=/run/mysqld/root.cnf --host="$1" --batch --skip-column-names <<<"$2"; }

# What this server is: "ONLINE primary 0", "OFFLINE", nothing when it does not answer. The number is that of the commits that
# wait for a turn that never comes: MySQL 9.7 gets there when members join while a definition changes, and from then on no
# write goes through.
standing() {
  here "SELECT COALESCE(MAX(member_state), 'OFFLINE'), IF(MAX(member_role) = 'PRIMARY', 'primary', 'replica'),
          (SELECT COUNT(*) FROM information_schema.processlist WHERE state = 'Waiting for Binlog Group Commit ticket' AND time >= 5)
        FROM performance_schema.replication_group_members WHERE member_id = @@server_uuid" 2>/dev/null
}

# ask_all: state, group and transactions of all three in `state`, `of` and `executed`. The state of one that does not answer is
# empty, that of one that knows no groups (the profile dev) is "alone"; neither has a group.
ask_all() {
  local i answer ask="SELECT COALESCE((SELECT member_state FROM performance_schema.replication_group_members WHERE member_id = @@server_uuid), 'OFFLINE'),
    COALESCE(NULLIF(@@group_replication_group_name, ''), '-'), REPLACE(@@gtid_executed, '\n', '')"
  state=('' '' '') of=('' '' '') executed=('' '' '')
  for i in 0 1 2; do
    if answer=$(there "$(host "$i")" "$ask" 2>&1); then
      IFS=$'\t' read -r "state[$i]" "of[$i]" "executed[$i]" <<<"$answer"
      [[ ${of[i]} != - ]] || of[i]=''
    elif [[ $answer = *"ERROR 1193 "* ]]; then
      state[i]=alone
    fi
  done
}

# most_advanced GROUP: the first of those in GROUP whose transactions include those of all others in it.
most_advanced() {
  local i j
  for i in 0 1 2; do
    [[ ${of[i]} = "$1" ]] || continue
    for j in 0 1 2; do
      [[ ${of[j]} = "$1" && $j != "$i" ]] || continue
      [[ $(here "SELECT GTID_SUBSET('${executed[j]}', '${executed[i]}')") = 1 ]] || continue 2
    done
    echo "$i"
    return
  done
}

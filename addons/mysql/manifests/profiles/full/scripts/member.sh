#!/bin/bash
# Makes the server of this pod a member of the group, over and over, and puts its role on the pod, where the Services look.
#
# Who may begin, so that there are never two groups:
#   somebody is in a group     everybody else joins that one.
#   mysql-0 has data of its own (the profile dev has been there): it begins a new group.
#   nobody is in one           only when all three have answered: of those whose data belong to the newest group the one whose
#                              transactions include all others', the first of equals. All see the same, and nothing of it
#                              changes before that one has begun. Without any group yet: mysql-0.
# The data of another group, or of none, count for nothing: that member copies all of them anew.
set -uo pipefail
# shellcheck source=group.sh
source /scripts/group
# shellcheck source=labels.sh
source /scripts/labels

said=''
say() { [[ $1 = "$said" ]] || printf '%s\n' "$1"; said=$1; }
# role WORD: for the probe. `waiting` is ready as well: the profile has just been changed, and mysql-0, which still is the
# only server, is replaced when the others are ready.
role() { if [[ -n $1 ]]; then echo "$1" >/run/mysqld/role; else rm -f /run/mysqld/role; fi; }

# belong GROUP [TRANSACTIONS]: from now on this server's data are to be those of GROUP; `local` transactions are forgotten first,
# and TRANSACTIONS count as done. The file comes after them: who is cut off in between begins here again.
belong() {
  here "RESET BINARY LOGS AND GTIDS${2:+; SET GLOBAL gtid_purged = '$2'}" && echo "$1" >/data/group.new && sync /data/group.new && mv /data/group.new /data/group && sync /data &&
    here "SET GLOBAL group_replication_group_name = '$1'"
}
start() { here "START GROUP_REPLICATION USER = 'root', PASSWORD = '$(sed "s/[\\\\']/\\\\&/g" /auth/password)'"; }
begin() {
  say "begins the group $group"
  here "SET GLOBAL group_replication_bootstrap_group = ON" && start
  here "SET GLOBAL group_replication_bootstrap_group = OFF"
}
# A transaction that nobody can get from the logs: whoever joins copies the data, of which the logs know nothing.
found() { group=$(new_group) && belong "$group" "$group:1" && begin; }

join() {
  local i
  if [[ $group != "$1" || -z ${executed[me]} ]]; then
    # It will copy everything, and a server gives that to one at a time: a second one is refused, and left without a beginning.
    for i in 0 1 2; do
      [[ $i = "$me" ]] && continue
      if [[ ${state[i]} = RECOVERING || ($i -lt $me && ${state[i]} = OFFLINE) ]]; then say "waits until mysql-$i is in the group"; return; fi
    done
    [[ $group = "$1" ]] || belong "$1" || return
  fi
  say "joins the group $1"
  start
}

decide() {
  local i newest='' chosen
  for i in 0 1 2; do [[ ${state[i]} = ONLINE && $i != "$me" ]] && { join "${of[i]}"; return; }; done
  role "$([[ $me != 0 && ${state[0]} = alone ]] && echo waiting)"
  group=${of[me]}
  if [[ $me = 0 && -z $group ]]; then found; return; fi
  for i in 0 1 2; do
    [[ -n ${of[i]} ]] || { say "waits for mysql-$i: whose data are the newest can be told only when all three have answered"; return; }
    [[ ${of[i]} > $newest ]] && newest=${of[i]}
  done
  if [[ $newest = "$no_group" ]]; then
    if [[ $me = 0 ]]; then found; fi
    return
  fi
  chosen=$(most_advanced "$newest")
  case $chosen in
    "$me") begin ;;
    '') say "cannot begin: no member has all transactions of the group $newest: $(printf '%s; ' "${executed[@]}")" ;;
    *) say "waits for mysql-$chosen, whose data are the newest, to begin" ;;
  esac
}

failed='' # since when it is in the state ERROR
trap 'exit 0' TERM
role ''
while :; do
  me=${HOSTNAME##*-}
  read -r own as stuck < <(standing)
  [[ ${own:-} = ERROR ]] || failed=''
  case ${own:-} in
    ONLINE)
      role "$as"
      label "$as"
      if [[ $as = primary && $stuck != 0 ]]; then
        say "ends the server: a commit waits for a turn that does not come, so another member has to take over"
        touch /run/mysqld/stuck
      fi
      ;;
    OFFLINE) label ''; ask_all && group=${of[me]} && decide ;;
    ERROR)
      role ''
      label ''
      # Its own end, which exit-state-action asks for, may not come about; in this state it never joins again.
      failed=${failed:-$SECONDS}
      if ((SECONDS - failed >= 30)); then
        say "ends the server: it has failed as a member and does not end by itself"
        touch /run/mysqld/stuck
      fi
      ;;
    *) role ''; label '' ;; # it starts, copies or ends
  esac
  sleep 2 & wait $!
done

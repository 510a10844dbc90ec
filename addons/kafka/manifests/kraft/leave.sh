# shellcheck shell=sh
# Sourced by `gather`: leaves controller 0 as the only voter of the quorum.

# members AWK: what the AWK statement prints of the rows "number directory end-of-log ... role" of the quorum.
members() { must quorum describe --replication; printf '%s\n' "$answer" | awk "\$1 !~ /^[0-9]+\$/ { next } $1"; }
remove() {
  for _ in $(seq 30); do # the change before may not be done with yet
    directory=$(members "\$1 == $1 && \$NF != \"Observer\" { print \$2 }")
    if [ -z "$directory" ]; then return; fi
    quorum remove-controller --controller-id "$1" --controller-directory-id "$directory" || sleep 1
  done
  echo "cannot take controller $1 out of the quorum: $answer" >&2
  exit 1
}
remove 2
remove 1

# Each must have read that it is no voter any more before it is stopped: started again some day, it would else hold an
# election by what it remembers.
end=$(members '$NF == "Leader" { print $3 }')
for _ in $(seq 30); do
  if [ -z "$(members "\$3 < $end { print }")" ]; then return; fi
  sleep 1
done
echo "cannot leave controller 0 alone: the others do not read that they are no voters any more" >&2
exit 1

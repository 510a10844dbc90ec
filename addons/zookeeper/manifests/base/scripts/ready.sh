#!/bin/bash
# ready [wait]: whether ZooKeeper serves. Its port is open before that, and stays open when it cannot start. With `wait`
# it asks every 50 ms until it does, so that a start is noticed when it happens and not at the next probe.
serves() {
  [[ ! -e /dev/shm/waiting ]] || return 0 # see the script join of the profile full
  exec 3<>/dev/tcp/127.0.0.1/2181 || return 1
  printf srvr >&3
  local line
  while read -r line <&3; do [[ $line = Mode:* ]] && return; done
  return 1
}
until serves 2>/dev/null; do
  [[ ${1:-} = wait ]] || exit 1
  sleep 0.05
done

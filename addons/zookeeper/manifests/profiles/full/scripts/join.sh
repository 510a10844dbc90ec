# shellcheck shell=bash
# Sourced by the start script: a member that holds nothing must not make a quorum with another such one. So it waits
# for those that hold the data: zookeeper-1 for zookeeper-0 to stand for election, zookeeper-2 until two serve. While it
# waits it counts as ready, since zookeeper-0 may still have to be restarted for that, and comes last in a rollout.
headless=zookeeper-headless.data.svc.cluster.local
waiting=/dev/shm/waiting
rm -f "$waiting"
mode() { timeout 2 bash -c "exec 3<>/dev/tcp/$1/2181 && printf srvr >&3 && cat <&3" 2>/dev/null; }
stands() { timeout 2 bash -c ": </dev/tcp/$1/3888" 2>/dev/null; }

if [[ $pod != zookeeper-0 ]]; then
  # zookeeper-0 alone: the profile dev is being left, and what this member holds from an earlier time is the past.
  for _ in {1..30}; do
    said=$(mode "zookeeper-0.$headless") || true
    [[ -z $said && -d /data/version-2 ]] || break
    sleep 1
  done
  if [[ $said = *standalone* ]]; then rm -rf /data/version-2; fi
  if [[ ! -d /data/version-2 ]]; then
    touch "$waiting"
    if [[ $pod = zookeeper-1 ]]; then
      until stands "zookeeper-0.$headless"; do sleep 0.2; done
    else
      until [[ $(mode "zookeeper-0.$headless") =~ Mode:\ (leader|follower) ]]; do sleep 0.2; done
    fi
    rm -f "$waiting"
  fi
fi

#!/bin/bash
# zookeeper-0 stays when the profile is left: waits until it has all that the others have.
set -eu
headless=zookeeper-headless.data.svc.cluster.local
# last MEMBER: the number of its last transaction; nothing while it does not serve.
last() { timeout 2 bash -c "exec 3<>/dev/tcp/$1.$headless/2181 && printf srvr >&3 && sed -n 's/^Zxid: //p' <&3" 2>/dev/null || true; }
newest=0
for member in zookeeper-1 zookeeper-2; do
  zxid=$(last $member)
  if ((${zxid:-0} > newest)); then newest=$zxid; fi
done
# The lower half counts the transactions under one leader. Under a new one that has had none, whoever serves has all.
if (((newest & 0xffffffff) == 0)); then newest=0; fi
for _ in {1..60}; do
  zxid=$(last zookeeper-0)
  if ((${zxid:--1} >= newest)); then exit; fi
  sleep 0.5
done
echo "cannot bring zookeeper-0 up to $newest: it is at ${zxid:-nothing}" >&2
exit 1

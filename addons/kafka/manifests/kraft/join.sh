#!/bin/sh
# Makes this controller a voter of the quorum, once it serves. Kafka would do so by itself when it was let
# (controller.quorum.auto.join.enable), but then none could be taken out again while it runs.
set -eu
umask 077
. /scripts/tools
until bash -c ': </dev/tcp/127.0.0.1/9091' 2>/dev/null; do sleep 1; done
config=/run/kafka/join.conf
cat /config/admin.conf /run/kafka/server.properties >"$config" # the tool wants to know the controller itself as well
number=$(hostname)
number=${number##*-}
for _ in $(seq 60); do
  if quorum describe --replication; then
    row=$(printf '%s\n' "$answer" | awk -v n="$number" '$1 == n { print $NF; exit }')
    case $row in
      Leader | Follower) exit ;;
      Observer) quorum add-controller || echo "cannot join the quorum yet: $answer" >&2 ;;
    esac
  fi
  sleep 1
done

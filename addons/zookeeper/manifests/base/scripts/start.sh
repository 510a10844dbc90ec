#!/bin/bash
# Starts ZooKeeper.
set -eu
umask 027

pod=$(hostname)
echo $((${pod##*-} + 1)) >/data/myid
cat /config/zoo.cfg /config/servers.cfg >/data/zoo.cfg
# One of several members sees first who has the data.
if [[ -e /scripts/join ]]; then source /scripts/join; fi

# The same folder in the official image, whose logger is set up in /conf. Sorted: the archive of loaded classes holds for
# this very order only.
CLASSPATH=$(printf ':%s' /apache-zookeeper-*/lib/*.jar)
export CLASSPATH="${CLASSPATH#:}:/conf"
exec java @/config/heap.options @/config/server.options org.apache.zookeeper.server.quorum.QuorumPeerMain /data/zoo.cfg

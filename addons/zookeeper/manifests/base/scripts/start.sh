#!/bin/sh
# Starts ZooKeeper.
set -eu
umask 027

# The same folder in the official image, whose logger is set up in /conf. Sorted: the archive of loaded classes holds for
# this very order only.
CLASSPATH=$(printf ':%s' /apache-zookeeper-*/lib/*.jar)
export CLASSPATH="${CLASSPATH#:}:/conf"
exec java @/config/server.options org.apache.zookeeper.server.quorum.QuorumPeerMain /config/zoo.cfg

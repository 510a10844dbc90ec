#!/bin/sh
# Starts the broker; makes the volume ready first when it holds nothing.
set -eu
umask 027
rm -rf /tmp/* # libraries that a killed Java left behind

# The same folder in the official image. Sorted: the archive of loaded classes holds for this very order only.
CLASSPATH=$(printf ':%s' /opt/kafka/libs/*.jar)
export CLASSPATH="${CLASSPATH#:}"

properties=/run/kafka/server.properties
{
  cat /config/*.properties
  pod=$(hostname)
  echo "node.id=${pod##*-}" # the pod's number
  echo log.dirs=/data/kafka
} >"$properties"

. /scripts/prepare
exec java @/config/server.options kafka.Kafka "$properties"

#!/bin/sh
# Starts the broker; makes the volume ready first when it holds nothing.
set -eu
umask 027
rm -rf /tmp/* # libraries that a killed Java left behind

# The same folder in the official image. Sorted: the archive of loaded classes holds for this very order only.
CLASSPATH=$(printf ':%s' /opt/kafka/libs/*.jar)
export CLASSPATH="${CLASSPATH#:}"

properties=/run/kafka/server.properties
pod=$(hostname)
number=${pod##*-}
address=$pod.kafka-headless.data.svc.cluster.local
sed "s/BROKER_NUMBER/$number/g; s/BROKER_ADDRESS/$address/g; s/BROKER_LOCALHOST_PORT/$((9095 + number))/g" /config/*.properties >"$properties"

if [ -e /scripts/prepare ]; then . /scripts/prepare; fi
exec java @/config/heap.options @/config/server.options kafka.Kafka "$properties"

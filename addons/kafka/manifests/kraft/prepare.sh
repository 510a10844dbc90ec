# shellcheck shell=sh
# Sourced by the start script, with its functions and variables: formats the volume when it holds nothing.
if [ ! -d /data/kafka ]; then
  # Made beside its place, written to disk, then renamed: a kill at any moment leaves no half-formatted volume behind.
  rm -rf /data/kafka.new
  { cat "$properties"; echo log.dirs=/data/kafka.new; } >/run/kafka/format.properties
  cluster=$(head -c 16 /dev/urandom | base64 | tr '+/' 'pk') # the form of Kafka's own: 22 letters, and "==" at the end
  java @/config/tool.options kafka.tools.StorageTool format --standalone --cluster-id "${cluster%==}" --config /run/kafka/format.properties
  sync
  mv /data/kafka.new /data/kafka
  sync
fi

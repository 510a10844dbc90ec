# shellcheck shell=sh
# Sourced by the start script, with its functions and variables: formats the volume when it holds nothing. Broker 0 founds
# the cluster unless another serves already; the others join the one that serves.
# The others are those among the controllers that the profile names: none in dev.
others=$(grep -o 'kafka-[0-9]*\.kafka-headless[a-z.]*' "$properties" | sort -u | grep -v "^$pod\.") || true
serves() { timeout 2 bash -c ": </dev/tcp/$1/9091" 2>/dev/null; }
ask_for_cluster() {
  for other in $others; do
    serves "$other" || continue
    cluster=$(java @/config/tool.options org.apache.kafka.tools.ClusterTool cluster-id --command-config /config/admin.conf \
      --bootstrap-server "$other:9091" | sed -n 's/^Cluster ID: //p')
    if [ -n "$cluster" ]; then return 0; fi
  done
  return 1
}

if [ ! -d /data/kafka ]; then
  if ask_for_cluster; then
    role=--no-initial-controllers
  elif [ "$number" = 0 ]; then
    role=--standalone
    cluster=$(head -c 16 /dev/urandom | base64 | tr '+/' 'pk') # the form of Kafka's own: 22 letters, and "==" at the end
    cluster=${cluster%==}
  else
    until ask_for_cluster; do sleep 0.5; done
    role=--no-initial-controllers
  fi
  # Made beside its place, written to disk, then renamed: a kill at any moment leaves no half-formatted volume behind.
  rm -rf /data/kafka.new
  { cat "$properties"; echo log.dirs=/data/kafka.new; } >/run/kafka/format.properties
  java @/config/tool.options kafka.tools.StorageTool format $role --cluster-id "$cluster" --config /run/kafka/format.properties
  if [ $role = --no-initial-controllers ]; then touch /data/kafka.new/joins; fi
  sync
  mv /data/kafka.new /data/kafka
  sync
fi
if [ -e /data/kafka/joins ]; then sh /scripts/join & fi

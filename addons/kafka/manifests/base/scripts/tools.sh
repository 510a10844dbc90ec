# shellcheck shell=sh
# Sourced: Kafka's own tools, each a Java of half a second, so that it works in the official image as well.
CLASSPATH=$(printf ':%s' /opt/kafka/libs/*.jar)
export CLASSPATH="${CLASSPATH#:}"
# Kafka 3 has one of them elsewhere.
case $CLASSPATH in */kafka_2.13-3.*) acl_command=kafka.admin.AclCommand ;; *) acl_command=org.apache.kafka.tools.AclCommand ;; esac
tool() { answer=$(java @/config/tool.options "$@" 2>&1); }
# ask CLASS ARGUMENT...: runs one as the administrator; what it says goes to $answer.
ask() { tool "$@" --bootstrap-server 127.0.0.1:9091 --command-config /config/admin.conf; }
# quorum ARGUMENT...: the tool for the quorum of controllers, which wants its options first.
quorum() { tool org.apache.kafka.tools.MetadataQuorumCommand --bootstrap-server 127.0.0.1:9091 --command-config "${config:-/config/admin.conf}" "$@"; }
# must COMMAND...: one of these three; its failure ends the script.
must() { "$@" || { echo "cannot $purpose: $answer" >&2; exit 1; }; }
# One at a time: projects may come up together, and the memory is for one tool beside the broker.
one_at_a_time() { exec 9>/run/kafka/tools.lock; flock 9; }

# replicate AWK: moves each partition to the brokers that the AWK expression says of its number p, and waits until it is done.
replicate() {
  must ask org.apache.kafka.tools.TopicCommand --describe
  printf '%s\n' "$answer" | awk -F '\t' '
    / *Partition: / {
      for (i = 1; i <= NF; ++i) { split($i, pair, ": "); gsub(/ /, "", pair[1]); value[pair[1]] = pair[2] }
      p = value["Partition"]
      printf "%s{\"topic\": \"%s\", \"partition\": %d, \"replicas\": [%s]}", n++ ? ",\n" : "{\"version\": 1, \"partitions\": [\n", value["Topic"], p, '"$1"'
    }
    END { if (n) print "]}" }' >/run/kafka/replicas.json
  if [ ! -s /run/kafka/replicas.json ]; then return; fi
  must ask org.apache.kafka.tools.reassign.ReassignPartitionsCommand --execute --reassignment-json-file /run/kafka/replicas.json
  for _ in $(seq 300); do
    must ask org.apache.kafka.tools.reassign.ReassignPartitionsCommand --list
    case $answer in *'No partition reassignments found'*) return ;; esac
    sleep 1
  done
  echo "cannot $purpose: it takes more than five minutes" >&2
  exit 1
}

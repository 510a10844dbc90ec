# shellcheck shell=bash
# Read by the shell that connect.sh starts: Kafka's tools under their usual names, as the project's user.
CLASSPATH=$(printf ':%s' /opt/kafka/libs/*.jar)
export CLASSPATH="${CLASSPATH#:}"
tool() {
  local class=org.apache.kafka.tools.$1
  shift
  java @/config/tool.options "$class" --bootstrap-server "$KAFKA_BOOTSTRAP_SERVERS" --command-config /config/project.conf "$@"
}
kafka-topics() { tool TopicCommand "$@"; }
kafka-console-producer() { tool ConsoleProducer "$@"; }
kafka-console-consumer() {
  case " $* " in *' --group '*) ;; *) set -- --group "${KAFKA_TOPIC_PREFIX}console-$RANDOM" "$@" ;; esac
  tool consumer.ConsoleConsumer "$@"
}
kafka-consumer-groups() { tool consumer.group.ConsumerGroupCommand "$@"; }

case $- in
  *i*)
    HISTFILE=/data/history/$KAFKA_USER
    PS1="$KAFKA_USER kafka> "
    echo "kafka-topics, kafka-console-producer, kafka-console-consumer, kafka-consumer-groups; names begin with $KAFKA_TOPIC_PREFIX"
    ;;
esac

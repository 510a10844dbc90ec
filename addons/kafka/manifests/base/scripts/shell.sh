# shellcheck shell=bash
# Read by the shell that connect.sh starts: Kafka's tools under their usual names, as the project's user.
CLASSPATH=$(printf ':%s' /opt/kafka/libs/*.jar)
export CLASSPATH="${CLASSPATH#:}"
# Kafka 3 has one of them elsewhere, and other names for the option.
producer=org.apache.kafka.tools.ConsoleProducer producer_config=--command-config consumer_config=--command-config
case $CLASSPATH in */kafka_2.13-3.*) producer=kafka.tools.ConsoleProducer producer_config=--producer.config consumer_config=--consumer.config ;; esac
# tool CLASS OPTION ARGUMENT...: OPTION takes the file with the user's name and password.
tool() {
  local class=$1 option=$2
  shift 2
  java @/config/tool.options "$class" --bootstrap-server "$KAFKA_BOOTSTRAP_SERVERS" "$option" /config/project.conf "$@"
}
kafka-topics() { tool org.apache.kafka.tools.TopicCommand --command-config "$@"; }
kafka-console-producer() { tool "$producer" "$producer_config" "$@"; }
kafka-console-consumer() {
  case " $* " in *' --group '*) ;; *) set -- --group "${KAFKA_TOPIC_PREFIX}console-$RANDOM" "$@" ;; esac
  tool org.apache.kafka.tools.consumer.ConsoleConsumer "$consumer_config" "$@"
}
kafka-consumer-groups() { tool org.apache.kafka.tools.consumer.group.ConsumerGroupCommand --command-config "$@"; }

case $- in
  *i*)
    HISTFILE=/data/history/$KAFKA_USER
    PS1="$KAFKA_USER kafka> "
    echo "kafka-topics, kafka-console-producer, kafka-console-consumer, kafka-consumer-groups; names begin with $KAFKA_TOPIC_PREFIX"
    ;;
esac

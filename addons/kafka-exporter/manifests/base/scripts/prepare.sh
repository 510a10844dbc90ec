#!/bin/sh
# Gives the exporter its user and the right to describe everything, or sets both right again. The password is read from
# stdin: never in an argument.
set -eu
CLASSPATH=$(printf ':%s' /opt/kafka/libs/*.jar)
export CLASSPATH="${CLASSPATH#:}"
# ask CLASS ARGUMENT...: runs one of Kafka's tools; what it says is shown when it fails.
ask() {
  answer=$(java -Xms16m -Xmx64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData "$@" \
    --bootstrap-server kafka:9092 --command-config /scripts/admin.conf 2>&1) || { echo "cannot prepare: $answer" >&2; exit 1; }
}
ask kafka.admin.ConfigCommand --alter --entity-type users --entity-name greenfield.exporter --add-config-file /dev/stdin <<CREDENTIAL
SCRAM-SHA-512=iterations=4096,password=$(cat /auth/password)
CREDENTIAL
ask org.apache.kafka.tools.AclCommand --add --allow-principal User:greenfield.exporter --operation Describe --cluster --topic '*' --group '*'

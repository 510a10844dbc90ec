#!/bin/sh
# backup dump|restore: the definitions of a project's topics and the offsets that its consumer groups have committed, as lines
# of JSON on stdout, or back from stdin. The values come first on stdin, as key=value lines ended by an empty line.
# Messages are neither saved nor touched: a restore makes topics, gives those that are there the partitions (more, never
# less) and settings that they had, leaves topics alone that were not saved, and sets offsets, at most to where a topic
# ends now. It reads all before it begins, but does one after the other: what ends in the middle is announced.
set -eu
umask 077

prefix='' user=''
while IFS='=' read -r key value && [ -n "$key" ]; do
  case $key in
    prefix) prefix=$value ;;
    user) user=$value ;;
    *) echo "cannot back up: unknown value '$key'" >&2; exit 64 ;;
  esac
done
case $user in '' | *[!a-z0-9-]*) echo "cannot back up: '$user' is not a name of a-z, 0-9 and '-'" >&2; exit 64 ;; esac
[ "$prefix" = "$user." ] || { echo "cannot back up: the prefix '$prefix' is not that of '$user'" >&2; exit 64; }

CLASSPATH=$(printf ':%s' /opt/kafka/libs/*.jar)
export CLASSPATH="${CLASSPATH#:}"
# ask CLASS ARGUMENT...: runs one of Kafka's tools; what it says goes to $answer.
ask() { answer=$(java @/config/tool.options "$@" --bootstrap-server 127.0.0.1:9091 --command-config /config/admin.conf 2>&1 </dev/null); }
must() { ask "$@" || { echo "cannot back up: $answer" >&2; exit 1; }; }
topics() { must org.apache.kafka.tools.TopicCommand "$@"; }
configs() { must kafka.admin.ConfigCommand --entity-type topics "$@"; }
groups() { must org.apache.kafka.tools.consumer.group.ConsumerGroupCommand "$@"; }

# One at a time, claims included: the memory is for one tool beside the broker.
exec 9>/run/kafka/tools.lock
flock 9
work=$(mktemp -d /run/kafka/backup-XXXXXX)
trap 'rm -rf "$work"' EXIT

# What there is, as lines "topic NAME PARTITIONS" and "config NAME KEY=VALUE".
definitions() {
  topics --describe --if-exists --topic "$user\\..*"
  printf '%s\n' "$answer" | awk -F '\t' -v prefix="$prefix" '
    /^Topic: .*PartitionCount: / {
      name = substr($1, 8); sub(/ *$/, "", name)
      for (i = 2; i <= NF; ++i) if (sub(/^PartitionCount: */, "", $i)) count = $i
      if (index(name, prefix) == 1) print "topic", name, count
    }'
  configs --describe
  printf '%s\n' "$answer" | awk -v prefix="$prefix" '
    /^Dynamic configs for topic / { name = $5; next }
    / sensitive=/ && index(name, prefix) == 1 { sub(/^ */, ""); sub(/ sensitive=(true|false) synonyms=.*$/, ""); print "config", name, $0 }'
}

case ${1:-} in
  dump)
    definitions >"$work/definitions"
    groups --describe --all-groups --offsets
    printf '%s\n' "$answer" | awk -v prefix="$prefix" '
      index($1, prefix) == 1 && index($2, prefix) == 1 && $3 ~ /^[0-9]+$/ && $4 ~ /^[0-9]+$/ { print "offset", $1, $2, $3, $4 }' >"$work/offsets"
    awk '
      function text(value) { gsub(/[\\"]/, "\\\\&", value); return "\"" value "\"" }
      $1 == "topic" { printf "{\"topic\":%s,\"partitions\":%d}\n", text($2), $3 }
      $1 == "config" {
        value = $0; sub(/^config [^ ]* /, "", value); key = value; sub(/=.*/, "", key); sub(/^[^=]*=/, "", value)
        printf "{\"topic\":%s,\"config\":%s,\"value\":%s}\n", text($2), text(key), text(value)
      }
      $1 == "offset" { printf "{\"group\":%s,\"topic\":%s,\"partition\":%d,\"offset\":%s}\n", text($2), text($3), $4, $5 }
      END { print "{\"whole\":true}" }' "$work/definitions" "$work/offsets"
    ;;
  restore)
    # The same lines as those of definitions and offsets; the quoted texts are the even ones.
    awk -F '"' '
      /^[{]"topic":.*"partitions":/ { gsub(/[^0-9]/, "", $7); print "topic", $4, $7 }
      /^[{]"topic":.*"config":/ { value = $0; sub(/^.*"value":"/, "", value); sub(/"[}]$/, "", value); gsub(/\\/, "", value); print "config", $4, $8 "=" value }
      /^[{]"group":/ { gsub(/[^0-9]/, "", $11); gsub(/[^0-9]/, "", $13); print "offset", $4, $8, $11, $13 }
      /^[{]"whole":true[}]$/ { print "whole" }' >"$work/wanted"
    [ "$(tail -n 1 "$work/wanted")" = whole ] || { echo "cannot restore: the backup has no end" >&2; exit 1; }
    definitions >"$work/present"
    echo replacing
    grep '^topic ' "$work/wanted" | while read -r _ name count; do
      present=$(awk -v name="$name" '$1 == "topic" && $2 == name { print $3 }' "$work/present")
      if [ -z "$present" ]; then topics --create --if-not-exists --topic "$name" --partitions "$count"
      elif [ "$present" -lt "$count" ]; then topics --alter --topic "$name" --partitions "$count"
      fi
      # A value in brackets may hold commas.
      add=$(awk -v name="$name" '$1 == "config" && $2 == name { sub(/^config [^ ]* /, ""); sub(/=/, "=["); printf "%s%s]", comma, $0; comma = "," }' "$work/wanted")
      gone=$(awk -v name="$name" '
        $1 == "config" && $2 == name { sub(/^config [^ ]* /, ""); sub(/=.*/, ""); if (FILENAME ~ /wanted$/) kept[$0]; else if (!($0 in kept)) { printf "%s%s", comma, $0; comma = "," } }' \
        "$work/wanted" "$work/present")
      [ -z "$add" ] || configs --alter --entity-name "$name" --add-config "$add"
      [ -z "$gone" ] || configs --alter --entity-name "$name" --delete-config "$gone"
    done
    awk '$1 == "offset" { print $2 }' "$work/wanted" | sort -u | while read -r group; do
      awk -v group="$group" '$1 == "offset" && $2 == group { print $3 "," $4 "," $5 }' "$work/wanted" >"$work/offsets.csv"
      groups --reset-offsets --group "$group" --from-file "$work/offsets.csv" --execute
      case $answer in
        *"is inactive, but the current state is"*) echo "the offsets of $group are left as they are: its consumers run" >&2 ;;
        *Error*) echo "cannot set the offsets of $group: $answer" >&2; exit 1 ;;
      esac
    done
    ;;
  *) echo "usage: backup dump|restore" >&2; exit 64 ;;
esac

#!/bin/sh
# claim create|remove: gives a project its user, the right to use what begins with its prefix, and a first topic; or takes
# all of it away. Twice is the same as once. The values come as key=value lines on stdin: never in an argument, never as code.
set -eu
umask 077

user='' prefix='' password=''
while IFS='=' read -r key value; do
  case $key in
    user) user=$value ;;
    prefix) prefix=$value ;;
    password) password=$value ;;
    '') ;;
    *) echo "cannot claim: unknown value '$key'" >&2; exit 64 ;;
  esac
done

case $user in
  admin) echo "cannot claim: '$user' is the name of Kafka's administrator; give the project another name" >&2; exit 64 ;;
  '' | *[!a-z0-9-]*) echo "cannot claim: '$user' is not a name of a-z, 0-9 and '-'" >&2; exit 64 ;;
esac
[ "$prefix" = "$user." ] || { echo "cannot claim: the prefix '$prefix' is not that of '$user'" >&2; exit 64; }

purpose=claim
. /scripts/tools
one_at_a_time

# Each tool is a Java of its own. Since rollouts claim as well, what this pod has done is not done again.
done=/run/kafka/claimed-$user
wanted=$(printf '%s %s' "$user" "$password" | sha256sum)
case ${1:-} in
  create)
    [ -n "$password" ] || { echo "cannot claim: no password given" >&2; exit 64; }
    [ "$(cat "$done" 2>/dev/null)" != "$wanted" ] || exit 0
    must ask "$acl_command" --add --allow-principal "User:$user" --operation All \
      --resource-pattern-type prefixed --topic "$prefix" --group "$prefix" --transactional-id "$prefix"
    must ask org.apache.kafka.tools.TopicCommand --create --if-not-exists --topic "${prefix}test-topic" --partitions 3
    must ask kafka.admin.ConfigCommand --alter --entity-type users --entity-name "$user" --add-config-file /dev/stdin <<CREDENTIAL
SCRAM-SHA-512=iterations=4096,password=$password
CREDENTIAL
    echo "$wanted" >"$done"
    ;;
  remove)
    rm -f "$done" "/data/history/$user" # what was typed
    ask kafka.admin.ConfigCommand --alter --entity-type users --entity-name "$user" --delete-config SCRAM-SHA-512 ||
      case $answer in *'credential that does not exist'*) ;; *) echo "cannot claim: $answer" >&2; exit 1 ;; esac
    must ask org.apache.kafka.tools.TopicCommand --delete --if-exists --topic "$user\..*"
    must ask "$acl_command" --remove --force \
      --resource-pattern-type prefixed --topic "$prefix" --group "$prefix" --transactional-id "$prefix"
    ;;
  *) echo "usage: claim create|remove" >&2; exit 64 ;;
esac

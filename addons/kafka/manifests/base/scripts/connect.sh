#!/bin/sh
# connect: a shell with Kafka's tools, told where the broker is and that a project asks. Says that it is ready (a terminal shows nothing of what it is told by then), and takes
# key=value lines up to an empty one: never in an argument, never as code. What follows on stdin is the client's.
set -eu
umask 077

terminal=''
if [ -t 0 ]; then terminal=$(stty -g); stty -echo; fi
echo 'greenfield: ready'
host='' port='' user='' prefix='' password=''
while IFS='=' read -r key value && [ -n "$key" ]; do
  case $key in
    host) host=$value ;;
    port) port=$value ;;
    user) user=$value ;;
    prefix) prefix=$value ;;
    password) password=$value ;;
    *) echo "cannot connect: unknown value '$key'" >&2; exit 64 ;;
  esac
done
if [ -n "$terminal" ]; then stty "$terminal"; fi

mkdir -p /data/history
export KAFKA_BOOTSTRAP_SERVERS="$host:$port" KAFKA_USER="$user" KAFKA_PASSWORD="$password" KAFKA_TOPIC_PREFIX="$prefix"
if [ -n "$terminal" ]; then exec bash --noprofile --rcfile /scripts/shell -i; fi
# Fed with commands it stops at the first one that fails.
BASH_ENV=/scripts/shell exec bash -es

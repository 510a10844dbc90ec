#!/bin/sh
# connect: redis-cli as the user of a project. Says that it is ready (a terminal shows nothing of what it is told by then), and takes
# key=value lines up to an empty one: never in an argument, never as code. What follows on stdin is the client's.
set -eu
umask 077

terminal=''
if [ -t 0 ]; then terminal=$(stty -g); stty -echo; fi
echo 'greenfield: ready'
host='' port='' user='' password='' number=0
while IFS='=' read -r key value && [ -n "$key" ]; do
  case $key in
    host) host=$value ;;
    port) port=$value ;;
    user) user=$value ;;
    password) password=$value ;;
    number) number=$value ;;
    *) echo "cannot connect: unknown value '$key'" >&2; exit 64 ;;
  esac
done
if [ -n "$terminal" ]; then stty "$terminal"; fi

mkdir -p /data/history
export REDISCLI_AUTH="$password" REDISCLI_HISTFILE="/data/history/$user" LC_ALL=C.UTF-8
if [ -n "$terminal" ]; then exec redis-cli -h "$host" -p "$port" -n "$number" --user "$user"; fi

# Fed with commands, redis-cli goes on after an error and then says that all went well: each line is run by itself, in its
# own connection. xargs takes it apart, by the quotes of a shell; lines that begin with # are comments.
at=0
while IFS= read -r line || [ -n "$line" ]; do
  at=$((at + 1))
  case $line in '' | '#'*) continue ;; esac
  printf '%s\n' "$line" | xargs redis-cli -e -h "$host" -p "$port" -n "$number" --user "$user" || {
    echo "cannot do line $at: $line" >&2
    exit 1
  }
done

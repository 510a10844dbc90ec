#!/bin/sh
# connect: mysql as the user of a project. Says that it is ready (a terminal shows nothing of what it is told by then), and takes
# key=value lines up to an empty one: never in an argument, never as code. What follows on stdin is the client's.
set -eu
umask 077

terminal=''
if [ -t 0 ]; then terminal=$(stty -g); stty -echo; fi
echo 'greenfield: ready'
host='' port='' database='' user='' password=''
while IFS='=' read -r key value && [ -n "$key" ]; do
  case $key in
    host) host=$value ;;
    port) port=$value ;;
    database) database=$value ;;
    user) user=$value ;;
    password) password=$value ;;
    *) echo "cannot connect: unknown value '$key'" >&2; exit 64 ;;
  esac
done
if [ -n "$terminal" ]; then stty "$terminal"; fi

mkdir -p /data/history
export MYSQL_PWD="$password" MYSQL_HISTFILE="/data/history/$user" LC_ALL=C.UTF-8
exec mysql --no-defaults --default-character-set=utf8mb4 --host="$host" --port="$port" --user="$user" "$database"

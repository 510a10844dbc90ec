#!/bin/sh
# connect: mongosh as the user of a project. Says that it is ready (a terminal shows nothing of what it is told by then), and takes
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

export HOME="/data/history/$user" # where mongosh keeps what was typed
mkdir -p "$HOME"
export MONGODB_USER="$user" MONGODB_PASSWORD="$password" # for connect.js
address="mongodb://$host:$port/$database?directConnection=true"
if [ -n "$terminal" ]; then exec mongosh --quiet --norc "$address" --shell /scripts/connect.js; fi

# As a file: what comes on its standard input mongosh takes for typed lines, and goes on after an error.
script=/tmp/connect-$$.js
trap 'rm -f "$script"' EXIT
cat >"$script"
mongosh --quiet --norc "$address" /scripts/connect.js "$script"

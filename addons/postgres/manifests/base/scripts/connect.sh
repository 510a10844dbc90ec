#!/bin/sh
# connect: psql as the user of a project. Says that it is ready (a terminal shows nothing of what it is told by then), and takes
# key=value lines up to an empty one: never in an argument, never as code. What follows on stdin is the client's.
set -eu
umask 077
for programs in /usr/lib/postgresql/*/bin; do PATH=$programs:$PATH; done

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
export PGHOST="$host" PGPORT="$port" PGDATABASE="$database" PGUSER="$user" PGPASSWORD="$password" LC_ALL=C.UTF-8
export PSQL_HISTORY="/data/history/$user"
set -- psql --no-psqlrc --pset=pager=off --set=ON_ERROR_STOP=1
[ -n "$terminal" ] || set -- "$@" --file=- # named so, it tells the lines of errors
exec "$@"

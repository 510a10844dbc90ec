#!/bin/sh
# claim create|remove: gives a project its database and role, or takes them away with all databases that the role owns; claim
# copy|drop: gives a branch a copy of the base branch's database, or takes it away. Twice is the same as once.
# The values come as key=value lines on stdin: never in an argument, never as code. psql reads them from its environment
# and quotes them itself (\getenv, :'name', :"name" in claim.sql).
set -eu
for programs in /usr/lib/postgresql/*/bin; do PATH=$programs:$PATH; done

base='' database='' user='' password=''
while IFS='=' read -r key value; do
  case $key in
    base) base=$value ;;
    database) database=$value ;;
    user) user=$value ;;
    password) password=$value ;;
    '') ;;
    *) echo "cannot claim: unknown value '$key'" >&2; exit 64 ;;
  esac
done

for name in "$database" "$user"; do
  case $name in
    '') echo "cannot claim: no database or no user given" >&2; exit 64 ;;
    postgres | template0 | template1 | public | none | pg_* | current_* | session_user | user)
      echo "cannot claim: '$name' is a name of PostgreSQL's own; give the project another name" >&2
      exit 64
      ;;
  esac
done

case ${1:-} in
  create) [ -n "$password" ] || { echo "cannot claim: no password given" >&2; exit 64; } ;;
  remove) rm -f "/data/history/$user" ;; # what was typed
  copy) [ -n "$base" ] || { echo "cannot claim: no database to copy given" >&2; exit 64; } ;;
  drop) ;;
  *) echo "usage: claim create|remove|copy|drop" >&2; exit 64 ;;
esac
export CLAIM_ACTION="$1" CLAIM_BASE="$base" CLAIM_DATABASE="$database" CLAIM_USER="$user" CLAIM_PASSWORD="$password"
claim() {
  psql --no-psqlrc --quiet --tuples-only --set=ON_ERROR_STOP=1 --username=postgres --dbname=postgres \
    --output=/dev/null --file=/scripts/claim.sql
}
# Over the socket, where the server knows who asks. Of several members only the leader can do it: PRIMARY names its Service.
# While it changes there is no connection (2).
[ -n "${PRIMARY:-}" ] || { claim; exit; }
PGPASSWORD=$(cat /auth/password)
export PGPASSWORD PGHOST="$PRIMARY" PGCONNECT_TIMEOUT=3
tries=0
until claim; do
  code=$? tries=$((tries + 1))
  [ "$code" = 2 ] && [ "$tries" -lt 30 ] || exit "$code"
  sleep 1
done

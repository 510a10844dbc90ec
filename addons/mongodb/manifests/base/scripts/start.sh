#!/bin/sh
# Starts the server that the image holds, the genuine mongod or FerretDB in its place: a member of the replica set rs0, in the
# profile dev the only one, that wants to know who asks. Makes the data folder first when the volume holds none. Each server
# has a folder of its own, for neither reads the other's.
set -eu
umask 077

if command -v mongod >/dev/null; then server=mongod; else server=ferretdb; fi
data=/data/$server

# serve FOLDER ADDRESS OPTION...: becomes the server.
serve() {
  folder=$1 address=$2
  shift 2
  case $server in
    mongod) exec mongod --config /config/mongod.yaml --dbpath "$folder" --replSet rs0 --port 27017 --bind_ip "$address" "$@" ;;
    ferretdb)
      exec ferretdb --handler=sqlite --sqlite-url="file:$folder/" --state-dir="$folder" --repl-set-name=rs0 --test-enable-new-auth \
        --listen-addr="$address:27017" --debug-addr=:8088 --telemetry=disable --log-level=error "$@"
      ;;
  esac
}

# A further member of the set begins with nothing, and copies what the others have.
if [ "$server" = mongod ] && [ "${HOSTNAME##*-}" != 0 ]; then mkdir -p "$data"; fi

if [ ! -d "$data" ]; then
  # Made beside its place by a server that only this container reaches, written to disk, then renamed: a kill at any moment
  # leaves no half-made folder behind. FerretDB makes its administrator itself, for mongod setup.js does.
  rm -rf "$data.new"
  mkdir "$data.new"
  ADMIN_PASSWORD=$(cat /auth/password)
  export ADMIN_PASSWORD
  FERRETDB_SETUP_DATABASE=admin FERRETDB_SETUP_USERNAME=root FERRETDB_SETUP_PASSWORD=$ADMIN_PASSWORD serve "$data.new" 127.0.0.1 &
  making=$!
  mongosh --quiet --norc 'mongodb://127.0.0.1:27017/admin?directConnection=true&serverSelectionTimeoutMS=60000' /scripts/setup.js
  kill "$making"
  wait "$making" || true # however it ends, what it was told is on disk
  unset ADMIN_PASSWORD
  sync -f "$data.new"
  mv "$data.new" "$data"
  sync /data
fi

case $server in
  mongod)
    # mongod wants the key of the set in a file that nobody but its owner can read.
    cat /auth/keyfile >/run/mongodb/keyfile
    # The profile full: the first member sees to it that the set has the others.
    if [ -e /scripts/members ] && [ "${HOSTNAME##*-}" = 0 ]; then /bin/sh /scripts/members join & fi
    serve "$data" 0.0.0.0 --auth --keyFile /run/mongodb/keyfile
    ;;
  ferretdb) serve "$data" '' ;;
esac

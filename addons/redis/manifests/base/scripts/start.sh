#!/bin/sh
# Starts Redis. The default user gets the password of the Secret (in $REDISCLI_AUTH) at every start; the users of the
# projects are kept. Without the first line Redis would let the default user in with no password at all.
set -eu
umask 077

users=/data/users.acl
hash=$(printf %s "$REDISCLI_AUTH" | sha256sum)
{
  echo "user default on sanitize-payload #${hash%% *} ~* &* +@all"
  if [ -f "$users" ]; then sed '/^user default /d' "$users"; fi
} >"$users.new"
sync "$users.new"
mv "$users.new" "$users" # a kill at any moment leaves the old file or the new one, never a half

exec redis-server /config/redis.conf

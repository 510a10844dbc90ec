#!/bin/sh
# Starts Redis. The default user gets the password of the Secret (in $REDISCLI_AUTH) at every start; the users of the
# projects are kept. Without the first line Redis would let the default user in with no password at all.
set -eu
umask 077

users=/data/users.acl
known_users() { cat "$users" 2>/dev/null || true; }
settings() { :; } # more lines for redis.conf
# One of several members finds its master first, and has both from there.
if [ -e /scripts/join ]; then . /scripts/join; fi

hash=$(printf %s "$REDISCLI_AUTH" | sha256sum)
{
  echo "user default on sanitize-payload #${hash%% *} ~* &* +@all"
  known_users | sed '/^user default /d'
} >"$users.new"
sync "$users.new"
mv "$users.new" "$users" # a kill at any moment leaves the old file or the new one, never a half

exec redis-server /config/redis.conf - <<SETTINGS
$(settings)
SETTINGS

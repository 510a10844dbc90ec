#!/bin/sh
# claim create|remove: gives a project its user, or takes the user and its keys away; claim copy|drop: gives a branch the keys that
# the base branch has, in a logical database of its own, or takes them away. Twice is the same as once.
# The values come as key=value lines on stdin: never in an argument, never as code.
set -eu

user='' prefix='' password='' number=''
while IFS='=' read -r key value; do
  case $key in
    user) user=$value ;;
    prefix) prefix=$value ;;
    password) password=$value ;;
    number) number=$value ;;
    '') ;;
    *) echo "cannot claim: unknown value '$key'" >&2; exit 64 ;;
  esac
done

case $user in
  default) echo "cannot claim: '$user' is the name of Redis's own administrator; give the project another name" >&2; exit 64 ;;
  '' | *[!a-z0-9-]*) echo "cannot claim: '$user' is not a name of a-z, 0-9 and '-'" >&2; exit 64 ;;
esac
[ "$prefix" = "$user:" ] || { echo "cannot claim: the prefix '$prefix' is not that of '$user'" >&2; exit 64; }

# Users are not replicated: each member is given its own. One that is away gets them from the master when it starts again.
members=$(getent ahostsv4 redis-headless | awk '{print $1}' | sort -u)
# role MEMBER: master or slave; nothing when it is away.
role() { redis-cli -h "$1" -t 2 --raw role 2>/dev/null | head -n 1; }
# redis-cli prints errors of the server on stdout and, with -e, says so in its exit status.
ask() {
  answer=$(redis-cli -e -h "$member" -t 2 "$@" 2>&1) || { echo "cannot claim: $member: $answer" >&2; exit 1; }
}

copied="~branch:$prefix" # a key that says of a database that it holds a branch's keys
# sweep DATABASE: removes the project's keys there.
sweep() {
  ask EVAL "redis.call('SELECT', ARGV[3])
    local cursor = '0'
    repeat
      local page = redis.call('SCAN', cursor, 'MATCH', ARGV[1], 'COUNT', 1000)
      cursor = page[1]
      for _, key in ipairs(page[2]) do redis.call('UNLINK', key) end
    until cursor == '0'
    redis.call('UNLINK', ARGV[2])" 0 "$prefix*" "$copied" "$1"
}
case ${1:-} in
  copy | drop) case $number in [1-9] | 1[0-5]) ;; *) echo "cannot claim: '$number' is no database of a branch" >&2; exit 64 ;; esac ;;
esac

case ${1:-} in
  create)
    [ -n "$password" ] || { echo "cannot claim: no password given" >&2; exit 64; }
    # -x: the last argument, the password, is read from stdin. INFO is asked for by client libraries; the rest of
    # @dangerous (FLUSHALL, KEYS, CONFIG ...) reaches beyond one project.
    change() {
      printf '>%s' "$password" | ask -x ACL SETUSER "$user" reset on sanitize-payload "~$prefix*" "&$prefix*" +@all -@admin -@dangerous +info
    }
    at_master() { :; }
    ;;
  remove)
    change() { ask ACL DELUSER "$user"; }
    at_master() {
      rm -f "/data/history/$user" # what was typed
      for number in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do sweep "$number"; done
    }
    ;;
  copy)
    # One script, so that nobody sees a part of it. What a branch has is not replaced.
    change() { :; }
    at_master() {
      ask EVAL "redis.call('SELECT', ARGV[3])
        if redis.call('EXISTS', ARGV[2]) == 1 then return end
        redis.call('SELECT', 0)
        local cursor = '0'
        repeat
          local page = redis.call('SCAN', cursor, 'MATCH', ARGV[1], 'COUNT', 1000)
          cursor = page[1]
          for _, key in ipairs(page[2]) do redis.call('COPY', key, key, 'DB', ARGV[3], 'REPLACE') end
        until cursor == '0'
        redis.call('SELECT', ARGV[3])
        redis.call('SET', ARGV[2], 1)" 0 "$prefix*" "$copied" "$number"
    }
    ;;
  drop)
    change() { :; }
    at_master() { sweep "$number"; }
    ;;
  *) echo "usage: claim create|remove|copy|drop" >&2; exit 64 ;;
esac

done=
for member in ${members:-127.0.0.1}; do
  role=$(role "$member")
  [ -n "$role" ] || continue
  change
  case $1 in create | remove) ask ACL SAVE ;; esac
  if [ "$role" = master ]; then at_master; done=yes; fi
done
[ -n "$done" ] || { echo "cannot claim: no master answers" >&2; exit 1; }

#!/bin/sh
# backup dump|restore: the keys of a project, as the commands that make them (RESTORE with what DUMP and PTTL said, in
# Redis's own protocol) on stdout, or back from stdin. The values come first on stdin, as key=value lines ended by an empty
# line: never in an argument. A dump is taken a page of keys at a time: each key is whole, all of them together are not
# of one instant. A restore makes the keys beside the project's, where nobody sees them, and one script puts them in their
# place when all are there: what ends in the middle leaves the project's keys as they were. Both take room meanwhile.
set -eu

prefix='' user='' number=0
while IFS='=' read -r key value && [ -n "$key" ]; do
  case $key in
    prefix) prefix=$value ;;
    user) user=$value ;;
    number) number=$value ;;
    *) echo "cannot back up: unknown value '$key'" >&2; exit 64 ;;
  esac
done
case $user in '' | *[!a-z0-9-]*) echo "cannot back up: '$user' is not a name of a-z, 0-9 and '-'" >&2; exit 64 ;; esac
case $number in '' | *[!0-9]*) echo "cannot back up: '$number' is no number of a database" >&2; exit 64 ;; esac
[ "$prefix" = "$user:" ] || { echo "cannot back up: the prefix '$prefix' is not that of '$user'" >&2; exit 64; }
beside="~restoring:$prefix" whole="~restored:$prefix"

# redis-cli prints errors of the server on stdout and, with -e, says so in its exit status.
ask() {
  answer=$(redis-cli -e -n "$number" "$@" 2>&1) || { echo "cannot back up: $answer" >&2; exit 1; }
}
tidy() {
  ask EVAL 'redis.call("UNLINK", KEYS[1])
    local cursor = "0"
    repeat
      local page = redis.call("SCAN", cursor, "MATCH", ARGV[1] .. "*", "COUNT", 1000)
      cursor = page[1]
      for _, key in ipairs(page[2]) do redis.call("UNLINK", key) end
    until cursor == "0"' 1 "$whole" "$beside"
}

case ${1:-} in
  dump)
    exec 3>&1
    cursor=0
    while :; do
      # The first line of an answer is where to go on, the rest is the page.
      cursor=$(
        redis-cli -e -n "$number" -d '' -D '' EVAL 'local page = redis.call("SCAN", ARGV[1], "MATCH", ARGV[2] .. "*", "COUNT", 100)
          local function bulk(text) return "$" .. #text .. "\r\n" .. text .. "\r\n" end
          local answer = {page[1] .. "\n"}
          for _, key in ipairs(page[2]) do
            local ttl, value = redis.call("PTTL", key), redis.call("DUMP", key)
            if value then
              answer[#answer + 1] = "*5\r\n" .. bulk("RESTORE") .. bulk(ARGV[3] .. key) .. bulk(string.format("%.0f", math.max(ttl, 0))) ..
                "$" .. #value .. "\r\n"
              answer[#answer + 1] = value
              answer[#answer + 1] = "\r\n" .. bulk("REPLACE")
            end
          end
          return answer' 0 "$cursor" "$prefix" "~restoring:" | { IFS= read -r next; echo "$next"; cat >&3; }
      )
      case $cursor in
        0) break ;;
        '' | *[!0-9]*) echo "cannot back up: $cursor" >&2; exit 1 ;;
      esac
    done
    printf '*3\r\n$3\r\nSET\r\n$%d\r\n%s\r\n$1\r\n1\r\n' "${#whole}" "$whole"
    ;;
  restore)
    exec 9>"/data/backup-$user.lock"
    flock 9 # one whose daemon was killed may still be on its way out
    trap tidy EXIT
    tidy
    said=$(redis-cli -n "$number" --pipe --pipe-timeout 10 2>&1) || { echo "cannot restore: $said" >&2; exit 1; }
    ask EVAL 'if redis.call("EXISTS", KEYS[1]) == 0 then return redis.error_reply("the backup has no end") end
      local function each(pattern, action)
        local cursor = "0"
        local keys = {}
        repeat
          local page = redis.call("SCAN", cursor, "MATCH", pattern, "COUNT", 1000)
          cursor = page[1]
          for _, key in ipairs(page[2]) do keys[key] = true end
        until cursor == "0"
        for key in pairs(keys) do action(key) end
      end
      each(ARGV[2] .. "*", function(key) redis.call("UNLINK", key) end)
      each(ARGV[1] .. "*", function(key) redis.pcall("RENAME", key, string.sub(key, #"~restoring:" + 1)) end)' \
      1 "$whole" "$beside" "$prefix"
    ;;
  *) echo "usage: backup dump|restore" >&2; exit 64 ;;
esac

#include "snapshot/node_script.hpp"

#include <charconv>

#include "core/with_timeout.hpp"
#include "protocol/error.hpp"

namespace gf::snapshot {

namespace {

constexpr auto grace = std::chrono::minutes(1);  // to remove half a copy

// The daemon holds the script's input open: when that ends, so does the script, and its trap sets things right. Nothing
// stays frozen behind a daemon that died.
constexpr const char* common = R"bash(set -euo pipefail
exec 3<&0
copying=''
# copy FROM TO
copy() {
  local ended turn=0
  cp -a --reflink=auto "$1" "$2" &
  copying=$!
  while kill -0 "$copying" 2>/dev/null; do
    ended=0
    read -r -t 0.05 -u 3 _ || ended=$?
    [ "$ended" -gt 128 ] || exit 143
    turn=$((turn + 1))
    [ $((turn % 10)) -ne 0 ] || echo "bytes $(du -sb "$2" 2>/dev/null | cut -f 1)"
  done
  wait "$copying"
  copying=''
}
stop_copying() { [ -z "$copying" ] || { kill "$copying" 2>/dev/null || true; wait "$copying" || true; }; }
)bash";

// Where blocks cannot be shared all is copied twice: first while the servers go on, then, while they stand still, what
// has changed since. `changed` finds that by the time of the last change, which nobody can set back. Pages that a
// server has mapped tell it at the first write after they were written to disk: hence the sync, and the mark before it.
constexpr const char* save = R"bash(folder=$1 frozen=() shared=''
shift
thaw() { for id in "${frozen[@]}"; do ctr -n k8s.io task resume "$id" || true; done; frozen=(); }
trap 'stop_copying; thaw; rm -rf "$folder.new"; rmdir "${folder%/*}" 2>/dev/null || true' EXIT
rm -rf "$folder" "$folder.new"
mkdir -p -m 700 "$folder.new"
mark=$folder.new/.mark
touch -d '1 second ago' "$mark"
if cp --reflink=always "$mark" "$mark.shared" 2>/dev/null; then shared=yes; echo shared; fi
rm -f "$mark.shared"
containers=()
while [ "$1" != -- ]; do containers+=("$1"); shift; done
shift
volumes=("$@")
# each COMMAND: with place and copy of each volume.
each() { for ((i = 0; i < ${#volumes[@]}; i += 2)); do "$1" "${volumes[i + 1]}" "$folder.new/${volumes[i]}"; done; }
# What vanishes meanwhile is no failure; what is missed was changed after the mark.
first() { copy "$1" "$2" 2>/dev/null || true; }
# entries FOLDER: what it holds, with type, mode, owner, size and time of all but folders.
entries() { (cd "$1" && find . -mindepth 1 \( -type d -printf 'd %P\0' -o -printf '%y%m,%U:%G,%s,%T@ %P\0' \)) | LC_ALL=C sort -z; }
# changed FROM TO: makes the copy what the original is now.
changed() {
  comm -z -13 <(entries "$1") <(entries "$2") | while IFS= read -r -d '' entry; do rm -rf "${2:?}/${entry#* }"; done
  (
    cd "$1"
    {
      comm -z -23 <(entries "$1") <(entries "$2") | sed -z 's/^[^ ]* //'
      find . -mindepth 1 -cnewer "$mark" -printf '%P\0'
    } | sort -zu | tar --create --format=posix --null --no-recursion --sparse --files-from=-
  ) | tar --extract --numeric-owner --preserve-permissions --directory="$2"
}
[ -n "$shared" ] || { sync -f "$folder.new"; each first; }
began=$(date +%s%N)
for id in "${containers[@]}"; do
  frozen+=("$id")
  ctr -n k8s.io task pause "$id"
done
if [ -n "$shared" ]; then each copy; else each changed; fi
thaw
echo "frozen $((($(date +%s%N) - began) / 1000000))"
rm -f "$mark"
sync -f "$folder.new"
echo "bytes $(du -sb "$folder.new" | cut -f 1)"
mv "$folder.new" "$folder"
)bash";

constexpr const char* restore = R"bash(pairs=("$@")
trap 'stop_copying; for ((i = 1; i < ${#pairs[@]}; i += 2)); do rm -rf "${pairs[i]}.new"; done' EXIT
for ((i = 0; i < ${#pairs[@]}; i += 2)); do
  to=${pairs[i + 1]}
  # One that was cut off between the two names below.
  [ -d "$to" ] || [ ! -d "$to.former" ] || mv "$to.former" "$to"
  rm -rf "$to.new" "$to.former"
  copy "${pairs[i]}" "$to.new"
done
sync -f "$to.new"
back() {
  for ((i = 1; i < ${#pairs[@]}; i += 2)); do
    to=${pairs[i]}
    [ ! -d "$to.former" ] || { rm -rf "$to"; mv "$to.former" "$to"; }
  done
}
for ((i = 1; i < ${#pairs[@]}; i += 2)); do
  to=${pairs[i]}
  { mv "$to" "$to.former" && mv "$to.new" "$to"; } || { back; exit 1; }
done
for ((i = 1; i < ${#pairs[@]}; i += 2)); do rm -rf "${pairs[i]}.former"; done
)bash";

container::ExecSpec bash(const std::string& node, const std::string& script) {
  container::ExecSpec spec;
  spec.container = node;
  spec.command = {"bash", "-c", script, "gf-snapshot"};
  spec.input = true;
  return spec;
}

std::uint64_t number_in(const std::string& line) {
  std::uint64_t number = 0;
  const auto at = line.find(' ') + 1;
  std::from_chars(line.data() + at, line.data() + line.size(), number);
  return number;
}

struct Listening {
  Told told;
  std::string unfinished, errors;
  std::optional<int> exit_code;

  void take(const std::string& line, operation::Context& step) {
    if (line == "shared") told.shared = true;
    if (line.starts_with("frozen ")) told.frozen_seconds = static_cast<double>(number_in(line)) / 1000;
    if (!line.starts_with("bytes ")) return;
    told.bytes = number_in(line);
    step.progress(told.bytes, 0, "bytes");
  }
};

Task<> listen(container::ExecStream& script, Listening& heard, operation::Context& step) {
  for (;;) {
    auto reading = script.read();
    const auto piece = co_await std::move(reading);
    if (!piece) break;
    if (piece->is_error) {
      heard.errors += piece->bytes;
      continue;
    }
    heard.unfinished += piece->bytes;
    while (const auto end = heard.unfinished.find('\n') + 1) {
      heard.take(heard.unfinished.substr(0, end - 1), step);
      heard.unfinished.erase(0, end);
    }
  }
  auto asking = script.exit_code();
  heard.exit_code = co_await std::move(asking);
}

}  // namespace

container::ExecSpec save_script(const std::string& node, const std::vector<std::string>& containers,
                                const std::vector<Volume>& volumes, const std::string& folder) {
  auto spec = bash(node, std::string(common) + save);
  spec.command.push_back(folder);
  spec.command.insert(spec.command.end(), containers.begin(), containers.end());
  spec.command.push_back("--");
  for (const auto& volume : volumes) {
    spec.command.push_back(volume.claim);
    spec.command.push_back(volume.path);
  }
  return spec;
}

container::ExecSpec restore_script(const std::string& node, const std::vector<Volume>& copies,
                                   const std::vector<Volume>& volumes) {
  auto spec = bash(node, std::string(common) + restore);
  for (std::size_t i = 0; i < copies.size(); ++i) {
    spec.command.push_back(copies[i].path);
    spec.command.push_back(volumes.at(i).path);
  }
  return spec;
}

container::ExecSpec remove_script(const std::string& node, const std::string& folder) {
  // The last addon takes the snapshot's folder along.
  auto spec = bash(node, "rm -rf \"$1\" \"$1.new\"; rmdir --ignore-fail-on-non-empty \"${1%/*}\" 2>/dev/null || true");
  spec.command.push_back(folder);
  return spec;
}

Task<Told> run_script(container::Engine& engine, Clock& clock, container::ExecSpec script, std::string what,
                      operation::Context& step) {
  auto starting = engine.exec_stream(std::move(script));
  const auto running = co_await std::move(starting);
  Listening heard;
  std::exception_ptr thrown;
  try {
    auto listening = listen(*running, heard, step);
    co_await std::move(listening);
  } catch (...) {
    thrown = std::current_exception();
  }
  if (thrown) {
    co_await net::this_coro::reset_cancellation_state(net::disable_cancellation());
    try {
      auto finishing = running->finish_writing();
      co_await std::move(finishing);
      auto listening = with_timeout(clock, grace, "", listen(*running, heard, step));
      co_await std::move(listening);
    } catch (...) {
      // The connection is gone, and the script's input with it: it cleans up unseen.
    }
  }
  running->close();
  if (thrown) std::rethrow_exception(thrown);
  if (heard.exit_code != 0) throw Error(ErrorCode::addon_failed, what, {}, heard.errors);
  co_return heard.told;
}

}  // namespace gf::snapshot

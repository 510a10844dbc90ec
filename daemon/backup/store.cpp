#include "backup/store.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>

#include "protocol/error.hpp"

namespace gf::backup {

namespace fs = std::filesystem;

namespace {

fs::path description_of(const fs::path& folder, const Backup& backup) {
  return folder / backup.project / backup.addon / (backup.id + ".json");
}

std::optional<Backup> described(FileSystem& files, const fs::path& description) {
  const auto text = files.read(description);
  if (!text) return std::nullopt;
  try {
    return backup_from_json(Json::parse(*text));
  } catch (const Json::exception&) {
    return std::nullopt;  // not ours: neither listed nor touched
  }
}

Backup with_free_id(FileSystem& files, const fs::path& folder, Backup backup) {
  double seconds = backup.began;
  for (backup.id = id_of(seconds); files.read(description_of(folder, backup)); backup.id = id_of(++seconds)) {
  }
  return backup;
}

}  // namespace

fs::path place_of(const fs::path& folder, const Backup& backup) {
  return folder / backup.project / backup.addon / (backup.id + '.' + backup.extension);
}

std::vector<Backup> list(FileSystem& files, const fs::path& folder, const std::string& project) {
  std::vector<Backup> found;
  for (const auto& addon : files.list(folder / project)) {
    const auto entries = files.list(addon);
    for (const auto& entry : entries) {
      if (entry.extension() != ".json") continue;
      const auto backup = described(files, entry);
      if (backup && std::ranges::find(entries, place_of(folder, *backup)) != entries.end()) found.push_back(*backup);
    }
  }
  std::ranges::stable_sort(found, {}, &Backup::began);
  return found;
}

void sweep(FileSystem& files, const fs::path& folder) {
  for (const auto& project : files.list(folder))
    for (const auto& addon : files.list(project)) {
      std::set<std::string> whole;
      const auto entries = files.list(addon);
      for (const auto& entry : entries)
        if (entry.extension() == ".json") whole.insert(entry.stem().string());
      for (const auto& entry : entries) {
        const auto name = entry.filename().string();
        if (!whole.contains(name.substr(0, name.find('.'))) || entry.extension() == ".part") files.remove(entry);
      }
    }
}

void remove(FileSystem& files, const fs::path& folder, const Backup& backup) {
  files.remove(description_of(folder, backup));  // first: what is left of the other is swept
  files.remove(place_of(folder, backup));
}

FileSink::FileSink(FileSystem& files, fs::path place) : files_(files), place_(std::move(place)) {
  files_.remove(part());
  files_.append(part(), "", false);
}

FileSink::~FileSink() {
  if (finished_) return;
  try {
    files_.remove(part());
  } catch (const Error&) {
    // It is swept at the next start.
  }
}

fs::path FileSink::part() const {
  auto path = place_;
  return path += ".part";
}

void FileSink::write(const std::string& bytes) {
  files_.append(part(), bytes, false);
  digest_.update(bytes);
  bytes_ += bytes.size();
}

Content FileSink::finish() {
  files_.append(part(), "", true);
  files_.rename(part(), place_);
  finished_ = true;
  return {bytes_, digest_.hex()};
}

Sink::Sink(FileSystem& files, fs::path folder, Backup backup)
    : files_(files),
      folder_(std::move(folder)),
      backup_(with_free_id(files, folder_, std::move(backup))),
      file_(files, place_of(folder_, backup_)) {}

Backup Sink::finish(double now) {
  const auto content = file_.finish();
  backup_.bytes = content.bytes;
  backup_.sha256 = content.sha256;
  backup_.ended = now;
  files_.write_atomically(description_of(folder_, backup_), dump(to_json(backup_), 1) + '\n');
  return backup_;
}

std::string read_piece(const fs::path& path, std::uint64_t offset) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    throw Error(ErrorCode::not_found, "cannot read " + path.string() + ": " + std::strerror(errno), "gf backup list");
  std::string bytes(piece_bytes, '\0');
  const auto count = ::pread(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
  const int reason = errno;
  ::close(descriptor);
  if (count < 0)
    throw Error(ErrorCode::not_found, "cannot read " + path.string() + ": " + std::strerror(reason), "gf backup list");
  bytes.resize(static_cast<std::size_t>(count));
  return bytes;
}

}  // namespace gf::backup

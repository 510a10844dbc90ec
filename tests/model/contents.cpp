#include "model/contents.hpp"

#include <sys/stat.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>

#include "core/digest.hpp"
#include "source/settle.hpp"

namespace gf::model {

namespace fs = std::filesystem;

namespace {

std::string output_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), &::pclose);
  if (!pipe) throw std::runtime_error("cannot run " + command);
  std::string all;
  char buffer[8192];
  std::size_t got;
  while ((got = std::fread(buffer, 1, sizeof buffer, pipe.get())) > 0) all.append(buffer, got);
  return all;
}

std::string cut(std::string& text, char end) {
  const auto at = text.find(end);
  const auto part = text.substr(0, at);
  text.erase(0, at == std::string::npos ? at : at + 1);
  return part;
}

std::optional<Entry> read_entry(const fs::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return std::nullopt;
  if (S_ISLNK(status.st_mode)) return Entry{0, true, sha256_hex(fs::read_symlink(path).string())};
  if (!S_ISREG(status.st_mode)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return Entry{status.st_mode & 07777, false, sha256_hex(text)};
}

/// Whether a folder above the path is a link, or a repository of its own: Git's index may still name files there.
bool lies_elsewhere(const fs::path& root, const std::string& path) {
  for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    const auto folder = root / path.substr(0, slash);
    if (fs::is_symlink(folder) || fs::exists(fs::symlink_status(folder / ".git"))) return true;
  }
  return false;
}

bool is_leftover(const std::string& name) {
  return name.size() == 21 && name.starts_with(".gf-") && name.back() == '~';
}

}  // namespace

Checkout look_at(const std::string& root) {
  auto told =
      output_of("cd '" + root +
                "' && { echo \"$(git rev-parse -q --verify HEAD)\"; echo \"$(git symbolic-ref -q --short HEAD)\";"
                " git ls-files -z --cached; printf '\\0'; git ls-files -z --others --exclude-standard; }");
  Checkout checkout;
  checkout.commit = cut(told, '\n');
  checkout.branch = cut(told, '\n');
  std::set<std::string> paths;
  for (std::string path = cut(told, '\0'); !path.empty(); path = cut(told, '\0')) paths.insert(path);
  while (!told.empty()) {
    const auto path = cut(told, '\0');
    if (!source::is_editor_file(path.substr(path.rfind('/') + 1))) paths.insert(path);
  }
  for (const auto& path : paths) {
    if (lies_elsewhere(root, path)) continue;
    if (auto entry = read_entry(fs::path(root) / path)) checkout.files.emplace(path, std::move(*entry));
  }
  return checkout;
}

Contents read_folder(const fs::path& folder) {
  Contents contents;
  if (!fs::exists(folder)) return contents;
  for (const auto& item : fs::recursive_directory_iterator(folder)) {
    if (is_leftover(item.path().filename().string())) continue;
    if (auto entry = read_entry(item.path()))
      contents.emplace(item.path().lexically_relative(folder).string(), std::move(*entry));
  }
  return contents;
}

Contents contents_of(const source::Tree& tree) {
  Contents contents;
  for (const auto& file : tree.files)
    contents.emplace(file.path, Entry{file.link ? 0 : file.mode, file.link, file.digest});
  return contents;
}

Contents below(const Contents& contents, const std::string& folder) {
  if (folder.empty()) return contents;
  Contents part;
  for (const auto& [path, entry] : contents)
    if (path.starts_with(folder + '/')) part.emplace(path.substr(folder.size() + 1), entry);
  return part;
}

std::string difference(const Contents& wanted, const Contents& found) {
  std::string text;
  for (const auto& [path, entry] : wanted) {
    const auto there = found.find(path);
    if (there == found.end())
      text += " lacks '" + path + "'";
    else if (there->second.link != entry.link)
      text += " has '" + path + "' of another kind";
    else if (there->second.digest != entry.digest)
      text += " has other contents in '" + path + "'";
    else if (there->second.mode != entry.mode)
      text += " has another mode of '" + path + "'";
  }
  for (const auto& [path, entry] : found)
    if (!wanted.contains(path)) text += " still has '" + path + "'";
  return text;
}

}  // namespace gf::model

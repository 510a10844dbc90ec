#include "model/file_steps.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "model/places.hpp"
#include "model/world.hpp"

namespace gf::model {

namespace fs = std::filesystem;

namespace {

std::error_code ignored;

fs::path file(const World& world, unsigned number) { return world.root() / file_name(number); }
fs::path folder(const World& world, unsigned number) { return world.root() / folder_name(number); }

/// Sizes around what the code treats as small, as a piece of a stream, as worth a scan.
std::string contents(unsigned number) {
  static constexpr std::size_t sizes[] = {0, 1, 20, 20, 100, 101, 2000, 65536, 70'000, 300'000};
  std::string text(sizes[number % std::size(sizes)], static_cast<char>('a' + number / 10 % 26));
  for (std::size_t i = 0; i < text.size(); i += 1000) text[i] = static_cast<char>('A' + (number / 260 + i) % 26);
  return text;
}

void put(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path(), ignored);
  std::ofstream(path, std::ios::binary) << text;
}

std::string get(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

bool is_file(const fs::path& path) { return fs::is_regular_file(fs::symlink_status(path, ignored)); }

}  // namespace

void write_file(World& world, const Step& step) { put(file(world, step.a), contents(step.b)); }

void append_file(World& world, const Step& step) {
  if (is_file(file(world, step.a))) std::ofstream(file(world, step.a), std::ios::app) << contents(step.b);
}

void write_slowly(World& world, const Step& step) {
  const auto text = contents(step.b);
  fs::create_directories(file(world, step.a).parent_path(), ignored);
  std::ofstream stream(file(world, step.a), std::ios::binary);
  stream << text.substr(0, text.size() / 2) << std::flush;
  world.turn(std::chrono::milliseconds(step.c % 5));
  stream << text.substr(text.size() / 2);
}

void write_and_back(World& world, const Step& step) {
  const auto path = file(world, step.a);
  if (!is_file(path)) return;
  const auto before = get(path);
  put(path, contents(step.b));
  world.turn(std::chrono::milliseconds(step.c % 5));
  put(path, before);
}

void write_as_before(World& world, const Step& step) {
  const auto path = file(world, step.a);
  struct stat status {};
  if (!is_file(path) || ::stat(path.c_str(), &status) != 0) return;
  put(path, std::string(static_cast<std::size_t>(status.st_size), static_cast<char>('a' + step.b % 26)));
  const timespec times[] = {status.st_atim, status.st_mtim};
  ::utimensat(AT_FDCWD, path.c_str(), times, 0);
}

void save_by_rename(World& world, const Step& step) {
  const auto path = file(world, step.a);
  if (!is_file(path)) return;
  const auto temporary = path.parent_path() / "4913", copy = fs::path(path.string() + '~');
  put(temporary, contents(step.b));
  fs::rename(path, copy, ignored);
  world.turn(std::chrono::milliseconds(step.c % 5));
  fs::rename(temporary, path, ignored);
  fs::remove(copy, ignored);
}

void leave_editor_file(World& world, const Step& step) {
  const auto path = file(world, step.a);
  put(path.parent_path() / ('.' + path.filename().string() + ".swp"), contents(step.b));
}

void remove_file(World& world, const Step& step) { ::unlink(file(world, step.a).c_str()); }

void remove_and_write(World& world, const Step& step) {
  if (::unlink(file(world, step.a).c_str()) != 0) return;
  world.turn(std::chrono::milliseconds(step.c % 5));
  put(file(world, step.a), contents(step.b));
}

void rename_file(World& world, const Step& step) {
  fs::create_directories(file(world, step.b).parent_path(), ignored);
  fs::rename(file(world, step.a), file(world, step.b), ignored);
}

void change_mode(World& world, const Step& step) {
  static constexpr mode_t modes[] = {0644, 0755, 0600, 0444};
  const auto path = file(world, step.a);
  if (!is_file(path)) return;
  ::chmod(path.c_str(), modes[step.b % std::size(modes)]);
  if (step.c % 4 != 0) return;
  world.turn(std::chrono::milliseconds(2));
  ::chmod(path.c_str(), 0644);
}

void make_link(World& world, const Step& step) {
  static constexpr const char* targets[] = {"a", "dir", "src", "nowhere", "../dir", "../outside"};
  const auto place = step.c % 2 ? file(world, step.a) : folder(world, step.a);
  if (step.c % 4 < 2) fs::remove_all(place, ignored);
  fs::create_directories(place.parent_path(), ignored);
  fs::create_symlink(targets[step.b % std::size(targets)], place, ignored);
}

void ignore_other_files(World& world, const Step& step) {
  static constexpr const char* rules[] = {"*.log\nbuilt/\n", "b\n", "built/\nsub/\n", "/src/*\n!/src/a\n", ""};
  const auto* const place = step.a % 3 ? ".gitignore" : "dir/.gitignore";
  put(world.root() / place, rules[step.b % std::size(rules)]);
}

void make_folder(World& world, const Step& step) { fs::create_directories(folder(world, step.a), ignored); }

void rename_folder(World& world, const Step& step) {
  fs::rename(folder(world, step.a), folder(world, step.b), ignored);
}

void swap_folders(World& world, const Step& step) {
  const auto one = folder(world, step.a), other = folder(world, step.b);
  if (step.c % 2) {
    ::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE);
    return;
  }
  const auto aside = world.root() / "aside";
  if (!fs::exists(other, ignored) || !fs::exists(one, ignored)) return;
  fs::rename(one, aside, ignored);
  fs::rename(other, one, ignored);
  fs::rename(aside, other, ignored);
}

void remove_folder(World& world, const Step& step) { fs::remove_all(folder(world, step.a), ignored); }

void make_repository(World& world, const Step& step) {
  if (fs::is_directory(fs::symlink_status(folder(world, step.a), ignored)))
    world.run("git init -q '" + folder_name(step.a) + "'");
}

}  // namespace gf::model

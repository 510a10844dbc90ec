#include "node/agent_starter.hpp"

#include <fstream>
#include <iterator>

#include "container/tar.hpp"
#include "core/digest.hpp"
#include "core/with_timeout.hpp"
#include "node/greeting.hpp"
#include "protocol/error.hpp"

namespace gf::node {

namespace {

// Not below /tmp or /run: nodes mount memory there, where the engine's archives do not arrive.
constexpr std::string_view top = "/usr/local/", agents = "/usr/local/bin/";
constexpr auto greeting_limit = std::chrono::seconds(20);

std::string read_program(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || bytes.empty())
    throw Error(ErrorCode::internal, "cannot read the program " + path, "install Greenfield again");
  return bytes;
}

/// The name of a place in the node as a tar has it that is put into `top`.
std::string below_top(std::string_view path) { return std::string(path.substr(top.size())); }

std::string tar_entry(std::string_view path, const std::string& bytes) {
  return container::tar_header(below_top(path), bytes.size(), 0755) + bytes + container::tar_padding(bytes.size());
}

}  // namespace

AgentStarter::AgentStarter(container::Engine& engine, Clock& clock, NodePrograms programs)
    : engine_(engine), clock_(clock), programs_(std::move(programs)) {}

void AgentStarter::name_file() {
  if (!file_.empty()) return;
  digest_ = sha256_hex(read_program(programs_.agent));
  const auto both = sha256_hex(digest_ + sha256_hex(read_program(programs_.supervisor)));
  file_ = std::string(agents) + "gf-agent-" + both.substr(0, 12);
}

Task<std::unique_ptr<container::ExecStream>> AgentStarter::start(std::string node) {
  name_file();
  try {
    auto trying = try_start(node);
    co_return co_await std::move(trying);
  } catch (const Error& error) {
    // Whatever greeted us instead: a missing, damaged or older file are all cured by putting ours there.
    if (error.code() != ErrorCode::cluster_unavailable) throw;
  }
  auto installing = install(node);
  co_await std::move(installing);
  auto trying = try_start(node);
  co_return co_await std::move(trying);
}

Task<std::unique_ptr<container::ExecStream>> AgentStarter::try_start(std::string node) {
  container::ExecSpec spec;
  spec.container = std::move(node);
  spec.command.push_back(file_);
  spec.input = true;
  std::unique_ptr<container::ExecStream> stream;
  try {
    auto opening = engine_.exec_stream(std::move(spec));
    stream = co_await std::move(opening);
  } catch (const Error& error) {
    // Engines differ in whether they refuse a missing program or let the stream end.
    if (error.code() == ErrorCode::engine_unavailable || error.code() == ErrorCode::cancelled) throw;
    throw Error(ErrorCode::cluster_unavailable, "cannot start gf-agent", {}, error.message());
  }
  auto greeting = greet(*stream, digest_);
  auto limited = with_timeout(clock_, greeting_limit, "cannot start gf-agent: it does not answer", std::move(greeting));
  co_await std::move(limited);
  co_return stream;
}

Task<> AgentStarter::install(std::string node) {
  const std::string folder = supervisor_folder;
  std::string tar = container::tar_header(below_top(folder) + '/', 0, 0755, '5');
  tar += tar_entry(folder + "/gf-supervise", read_program(programs_.supervisor));
  tar += tar_entry(file_, read_program(programs_.agent));  // last: where it is, the rest is
  tar += container::tar_end();
  std::string below(top);
  auto putting = engine_.put_archive(std::move(node), std::move(below), std::move(tar));
  co_await std::move(putting);
}

}  // namespace gf::node

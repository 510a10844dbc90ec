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
constexpr const char* folder = "/usr/local/bin";
constexpr auto greeting_limit = std::chrono::seconds(20);

std::string read_agent(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || bytes.empty())
    throw Error(ErrorCode::internal, "cannot read gf-agent at " + path, "install Greenfield again");
  return bytes;
}

}  // namespace

AgentStarter::AgentStarter(container::Engine& engine, Clock& clock, std::string agent_path)
    : engine_(engine), clock_(clock), agent_path_(std::move(agent_path)) {}

const std::string& AgentStarter::digest() {
  if (digest_.empty()) digest_ = sha256_hex(read_agent(agent_path_));
  return digest_;
}

std::string AgentStarter::file_name() { return "gf-agent-" + digest().substr(0, 12); }

Task<std::unique_ptr<container::ExecStream>> AgentStarter::start(std::string node) {
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
  spec.command.push_back(std::string(folder) + '/' + file_name());
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
  auto greeting = greet(*stream, digest());
  auto limited = with_timeout(clock_, greeting_limit, "cannot start gf-agent: it does not answer", std::move(greeting));
  co_await std::move(limited);
  co_return stream;
}

Task<> AgentStarter::install(std::string node) {
  const auto bytes = read_agent(agent_path_);
  std::string tar = container::tar_header(file_name(), bytes.size(), 0755);
  tar += bytes;
  tar += container::tar_padding(bytes.size());
  tar += container::tar_end();
  std::string below = folder;
  auto putting = engine_.put_archive(std::move(node), std::move(below), std::move(tar));
  co_await std::move(putting);
}

}  // namespace gf::node

#pragma once
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/write.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "container/engine.hpp"
#include "support/temporary_folder.hpp"

namespace gf::test {

/// A program run here with pipes, in the place of an engine's exec stream in a node.
class LocalExec final : public container::ExecStream {
 public:
  LocalExec(Executor executor, std::vector<std::string> command) : in_(executor), out_(executor) {
    int in[2], out[2];
    if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    std::vector<char*> words;
    for (auto& word : command) words.push_back(word.data());
    words.push_back(nullptr);
    pid_ = ::vfork();
    if (pid_ == 0) {
      ::dup2(in[0], STDIN_FILENO);
      ::dup2(out[1], STDOUT_FILENO);
      ::execv(words[0], words.data());
      ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    in_.assign(in[1]);
    out_.assign(out[0]);
  }
  ~LocalExec() override {
    close();
    kill();
  }

  pid_t pid() const { return pid_; }
  void signal(int number) { ::kill(pid_, number); }
  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

  Task<std::optional<container::ExecPiece>> read() override {
    container::ExecPiece piece;
    piece.bytes.resize(64 * 1024);
    const auto buffer = net::buffer(piece.bytes);
    const auto [error, got] = co_await out_.async_read_some(buffer, net::as_tuple(net::use_awaitable));
    if (error == net::error::eof) co_return std::nullopt;
    if (error) throw boost::system::system_error(error);
    piece.bytes.resize(got);
    co_return piece;
  }
  Task<> write(std::string_view bytes) override {
    const auto buffer = net::buffer(bytes);
    co_await net::async_write(in_, buffer, net::use_awaitable);
  }
  Task<> finish_writing() override {
    in_.close();
    co_return;
  }
  Task<> resize(int, int) override { co_return; }
  Task<int> exit_code() override {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = 0;
    co_return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  void close() override {
    boost::system::error_code ignored;
    in_.close(ignored);
    out_.close(ignored);
  }

 private:
  net::posix::stream_descriptor in_, out_;
  pid_t pid_ = 0;
};

/// A process table with containers of ours, for `gf-agent --proc`.
class ProcessTable {
 public:
  /// Adds a container whose file system is a new folder and whose first process is `pid`. Returns the folder.
  std::filesystem::path add(const std::string& container_id, pid_t pid = 4242) {
    const auto process = table() / std::to_string(pid);
    const auto root = folder_.path() / ("root-" + container_id);
    std::filesystem::create_directories(process);
    std::filesystem::create_directories(root);
    std::ofstream(process / "cgroup") << "0::/kubelet.slice/cri-containerd-" << container_id << ".scope\n";
    std::ofstream(process / "status") << "Name:\tapp\nNSpid:\t" << pid << "\t1\n";
    std::ofstream(process / "stat") << pid << " (app) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 777 0 0\n";
    std::filesystem::create_directory_symlink(root, process / "root");
    return root;
  }
  /// Its process has ended.
  void remove(pid_t pid) { std::filesystem::remove_all(table() / std::to_string(pid)); }
  std::filesystem::path table() const { return folder_.path() / "proc"; }

 private:
  TemporaryFolder folder_;
};

}  // namespace gf::test

#include "model/faulty_node.hpp"

#include <sys/resource.h>

namespace gf::model {

namespace fs = std::filesystem;

namespace {

constexpr rlim_t scarce_bytes = 100;

}  // namespace

/// The agent's stream with the node's planned fault in it.
class FaultyNode::Stream final : public container::ExecStream {
 public:
  Stream(FaultyNode& node, std::unique_ptr<test::LocalExec> agent) : node_(node), agent_(std::move(agent)) {
    node_.agent_ = agent_.get();
  }
  ~Stream() override {
    if (node_.agent_ == agent_.get()) node_.agent_ = nullptr;
  }

  Task<> write(std::string_view bytes) override {
    const auto next = node_.due(bytes.size(), false);
    if (next && next->fault == Fault::fill_disk) {
      node_.strike(next->fault);  // at once: while bytes pass, there may be space again
    } else if (next) {
      auto first = agent_->write(bytes.substr(0, next->bytes));
      co_await std::move(first);
      bytes.remove_prefix(next->bytes);
      node_.strike(next->fault);
      if (next->fault == Fault::cut_stream) {
        agent_->close();
        throw boost::system::system_error(net::error::broken_pipe);
      }
    }
    auto rest = agent_->write(bytes);
    co_await std::move(rest);
  }
  Task<std::optional<container::ExecPiece>> read() override {
    if (cut_) co_return std::nullopt;
    auto reading = agent_->read();
    auto piece = co_await std::move(reading);
    const auto next = piece ? node_.due(piece->bytes.size(), true) : std::nullopt;
    if (next) {
      node_.strike(next->fault);
      piece->bytes.resize(next->bytes);
      cut_ = true;
    }
    co_return piece;
  }
  Task<> finish_writing() override {
    auto finishing = agent_->finish_writing();
    co_await std::move(finishing);
  }
  Task<> resize(int, int) override { co_return; }
  Task<int> exit_code() override {
    auto ending = agent_->exit_code();
    co_return co_await std::move(ending);
  }
  void close() override { agent_->close(); }

 private:
  FaultyNode& node_;
  std::unique_ptr<test::LocalExec> agent_;
  bool cut_ = false;
};

FaultyNode::FaultyNode(Executor executor, fs::path image) : executor_(executor), image_(std::move(image)) {
  begin_container();
}

void FaultyNode::begin_container() {
  table_.remove(first_process_);
  const auto former = root_;
  static std::uint64_t instances = 0;  // no two containers have the same id, whichever their nodes
  container_id_ = "0123456789abcdef" + std::to_string(++instances);
  root_ = table_.add(container_id_, ++first_process_);
  fs::copy(image_, root_ / "srv", fs::copy_options::recursive | fs::copy_options::copy_symlinks);
  std::error_code ignored;  // an agent may be writing there
  if (!former.empty()) fs::remove_all(former, ignored);
}

std::unique_ptr<container::ExecStream> FaultyNode::run_agent() {
  std::vector<std::string> command;
  command.push_back(GF_AGENT);
  command.push_back("--proc");
  command.push_back(table_.table());
  auto agent = std::make_unique<test::LocalExec>(executor_, std::move(command));
  auto stream = std::make_unique<Stream>(*this, std::move(agent));
  limit_files();
  return stream;
}

/// A quota without a file system of its own: the kernel refuses the agent's writes beyond it.
void FaultyNode::limit_files() {
  rlimit limit;
  if (!agent_ || agent_->pid() <= 0 || ::prlimit(agent_->pid(), RLIMIT_FSIZE, nullptr, &limit) != 0) return;
  limit.rlim_cur = full_ ? scarce_bytes : limit.rlim_max;
  ::prlimit(agent_->pid(), RLIMIT_FSIZE, &limit, nullptr);
}

void FaultyNode::space_again() {
  if (planned_ && planned_->fault == Fault::fill_disk) planned_.reset();
  full_ = false;
  limit_files();
}

std::optional<FaultyNode::Planned> FaultyNode::due(std::size_t count, bool answers) {
  if (!planned_ || (planned_->fault == Fault::cut_answers) != answers) return std::nullopt;
  if (planned_->bytes < count) return planned_;
  planned_->bytes -= count;
  return std::nullopt;
}

void FaultyNode::strike(Fault fault) {
  planned_.reset();
  if (fault == Fault::kill_agent && agent_) agent_->kill();
  if (fault == Fault::fill_disk) {
    full_ = true;
    limit_files();
  }
  if (fault == Fault::restart_container) {
    begin_container();
    on_restart_();
  }
}

}  // namespace gf::model

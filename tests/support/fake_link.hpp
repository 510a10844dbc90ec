#pragma once
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/digest.hpp"
#include "core/signal.hpp"
#include "node/link.hpp"
#include "protocol/error.hpp"

namespace gf::test {

/// A link to a node whose containers are maps. It records what was asked and behaves as the real one does
/// (tests/unit/node/link_contract_test.cpp holds both to the same cases).
class FakeLink final : public node::Link {
 public:
  struct File {
    std::string contents;
    unsigned mode = 0644;
    bool link = false;
  };
  struct Container {
    std::map<std::string, File> files;  ///< by absolute path
    std::vector<std::string> signals;
  };

  explicit FakeLink(Executor executor, std::string node = "node-1") : node_(std::move(node)), released_(executor) {}

  std::map<std::string, Container> containers;  ///< the running ones, by id
  std::vector<node::SyncRequest> syncs;         ///< in order, refused ones included
  std::vector<node::DialTarget> dials;
  std::function<Task<std::unique_ptr<http::Stream>>(node::DialTarget target)> on_dial;
  bool up = true;

  /// The next request throws `error`.
  void fail_next(Error error) { failures_.push_back(std::move(error)); }
  /// The next request waits until release() or its cancellation.
  void hang_next() { hang_ = true; }
  void release() { released_.notify_all(); }

  const std::string& node() const override { return node_; }
  bool connected() const override { return up; }

  Task<node::SyncResult> sync(node::SyncRequest request) override {
    syncs.push_back(request);
    co_await admit();
    auto& container = find(request.container_id);
    for (const auto& path : request.deletes) check(path);
    for (const auto& write : request.writes) check(write.file.path);
    node::SyncResult result;
    for (const auto& path : request.deletes) container.files.erase(request.target + '/' + path);
    for (const auto& write : request.writes) {
      put(container, request.target + '/' + write.file.path, write);
      result.bytes += write.contents->size();
    }
    result.files = request.deletes.size() + request.writes.size();
    if (!request.signal.empty()) container.signals.push_back(request.signal);
    co_return result;
  }

  Task<std::vector<std::size_t>> compare(std::string container_id, std::string target,
                                         std::vector<node::FileState> files) override {
    co_await admit();
    const auto& container = find(container_id);
    std::vector<std::size_t> differing;
    for (std::size_t i = 0; i < files.size(); ++i) {
      check(files[i].path);
      const auto found = container.files.find(target + '/' + files[i].path);
      if (files[i].digest.empty()) {
        if (found != container.files.end()) differing.push_back(i);
        continue;
      }
      const bool same = found != container.files.end() && found->second.link == files[i].link &&
                        (files[i].link || found->second.mode == files[i].mode) &&
                        sha256_hex(found->second.contents) == files[i].digest;
      if (!same) differing.push_back(i);
    }
    co_return differing;
  }

  Task<std::unique_ptr<http::Stream>> dial(node::DialTarget target) override {
    dials.push_back(target);
    co_await admit();
    if (!on_dial)
      throw Error(ErrorCode::cluster_unavailable, "cannot connect to " + target.host + ": connection refused");
    auto dialling = on_dial(std::move(target));
    co_return co_await std::move(dialling);
  }

 private:
  Task<> admit() {
    if (std::exchange(hang_, false)) co_await released_.wait();
    if (!up) throw Error(ErrorCode::cluster_unavailable, "cannot reach the node " + node_ + ": the link is down");
    if (failures_.empty()) co_return;
    const auto error = failures_.front();
    failures_.pop_front();
    throw error;
  }
  Container& find(const std::string& id) {
    const auto found = containers.find(id);
    if (found == containers.end())
      throw Error(ErrorCode::not_found, "cannot find the container " + id + ": it does not run");
    return found->second;
  }
  static void check(const std::string& path) {
    const auto framed = '/' + path + '/';
    for (const auto* bad : {"//", "/./", "/../"})
      if (framed.find(bad) != std::string::npos)
        throw Error(ErrorCode::bad_request, "cannot sync \"" + path + "\": it is no path below the target");
  }
  static void put(Container& container, const std::string& path, const node::FileWrite& write) {
    // A file gives way to a folder and a folder to a file.
    for (auto slash = path.rfind('/'); slash != std::string::npos && slash > 0; slash = path.rfind('/', slash - 1))
      container.files.erase(path.substr(0, slash));
    const auto below = path + '/';
    std::erase_if(container.files, [&](const auto& entry) { return entry.first.starts_with(below); });
    container.files[path] = File{*write.contents, write.file.mode, write.file.link};
  }

  std::string node_;
  Signal released_;
  std::deque<Error> failures_;
  bool hang_ = false;
};

}  // namespace gf::test

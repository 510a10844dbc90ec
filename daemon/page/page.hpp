#pragma once
#include <filesystem>
#include <functional>
#include <memory>

#include "http/client.hpp"
#include "http/server.hpp"
#include "page/access.hpp"
#include "system/file_system.hpp"

namespace gf::page {

/// The page of metrics and traces, where no Grafana can be had: files of `share`/web and the dashboards of the addon
/// grafana, and what Prometheus and Jaeger answer to it. Listens on 127.0.0.1 once somebody has asked for it.
class Page {
 public:
  struct Collaborators {
    Executor executor;
    Clock& clock;
    FileSystem& files;
    std::function<int(const std::string& endpoint)> port_of;  ///< an addon's port on localhost, 0 when it is off
  };
  Page(Collaborators with, std::filesystem::path share);

  /// The address of `view` ("metrics" or "traces"), good once and for a minute. Throws Error(bad_request) for
  /// another one, Error(not_found) while the addon behind it is off, Error(daemon_unavailable).
  std::string open(const std::string& view);
  Task<> stop();

 private:
  http::Handler routes();
  http::Endpoint address_of(const std::string& endpoint) const;
  Task<> send_file(std::filesystem::path folder, std::string name, http::Responder& responder);
  Task<> send_dashboards(http::Responder& responder);
  Task<> begin_session(const http::Request& request, http::Responder& responder);
  Task<> ask(const http::Request& request, std::string endpoint, std::string path, http::Responder& responder);

  Collaborators with_;
  std::filesystem::path share_;
  Access access_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace gf::page

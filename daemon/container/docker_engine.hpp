#pragma once
#include "container/engine.hpp"
#include "http/client.hpp"
#include "protocol/error.hpp"

namespace gf::container {

/// Docker's Engine API 1.41 (Docker 20.10 and newer) over its Unix socket.
class DockerEngine final : public Engine {
 public:
  DockerEngine(Executor executor, std::string socket_path);

  Task<EngineVersion> version() override;
  Task<std::vector<Container>> containers(std::string label) override;
  Task<std::optional<Container>> container(std::string name) override;
  Task<> start(std::string name) override;
  Task<> stop(std::string name, std::chrono::seconds grace) override;
  Task<> remove(std::string name) override;
  Task<std::optional<Image>> image(std::string reference) override;
  Task<std::vector<Image>> images(std::vector<std::string> patterns) override;
  Task<bool> serves(std::string reference) override;
  Task<> pull(std::string reference, LayerProgress progress) override;
  Task<> push(std::string reference, LayerProgress progress) override;
  Task<> build(BuildSpec spec, http::BodySource tar, LineFunction on_line) override;
  Task<std::unique_ptr<http::ResponseStream>> save(std::vector<std::string> references) override;
  Task<> tag(std::string reference, std::string repository, std::string tag) override;
  Task<> remove_image(std::string reference) override;
  Task<std::string> mount(std::string image, std::vector<std::string> folders) override;
  Task<std::unique_ptr<http::ResponseStream>> get_archive(std::string container, std::string folder) override;
  Task<ExecResult> exec(ExecSpec spec, std::string input) override;
  Task<std::unique_ptr<ExecStream>> exec_stream(ExecSpec spec) override;
  Task<> put_archive(std::string container, std::string folder, std::string tar) override;
  Task<std::unique_ptr<http::ResponseStream>> events(Json filters) override;

 private:
  /// Throws Error(engine_unavailable) when nothing answers.
  Task<http::Response> send(std::string method, std::string path, std::string body = {});
  Task<std::unique_ptr<http::ResponseStream>> open(http::Request request, http::BodySource source = {});
  /// Opens and throws Error(code, "cannot " + what) with the engine's words unless it answers 200.
  Task<std::unique_ptr<http::ResponseStream>> open_good(http::Request request, http::BodySource source, ErrorCode code,
                                                        std::string what);
  Task<> remove_left_mounts();
  Error no_answer(const boost::system::system_error& error) const;

  std::string socket_;
  http::Client client_;
  bool looked_for_left_mounts_ = false;
};

}  // namespace gf::container

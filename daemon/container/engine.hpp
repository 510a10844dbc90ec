#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/task.hpp"
#include "http/client.hpp"
#include "http/stream.hpp"
#include "protocol/json.hpp"

namespace gf::container {

struct Container {
  std::string id, name, image, state;  ///< state: created, running, paused, restarting, exited, dead
  std::map<std::string, std::string> labels;
  std::string address;                             ///< IPv4 on its first network, empty when stopped
  std::map<int, int> host_ports;                   ///< container port → port on 127.0.0.1
  std::map<std::string, std::string> mounts = {};  ///< folder in it → folder of this machine; of one that was inspected
};

struct Image {
  std::string id;
  std::vector<std::string> tags;
  std::uint64_t bytes = 0;  ///< with the layers that others share
  double created = 0;       ///< seconds since the epoch; 0 where only one image is asked for
  std::map<std::string, std::string> labels;
  std::vector<std::string> entrypoint, command;  ///< what it starts by itself: the one, then the other

  // Of one that was asked for by itself:
  std::string architecture, os;
  Json settings;                           ///< Config, as the engine tells it
  std::vector<std::string> layers;         ///< the digests of their tars ("sha256:…"), base first
  std::vector<std::string> layer_folders;  ///< where the engine keeps their files; empty when it does not tell
};

struct EngineVersion {
  std::string version, api_version;
  std::string cgroup_version;  ///< "1" or "2"
  std::string kernel;          ///< the release of the one that containers run on
  std::uint64_t memory_bytes = 0;
  int cpus = 0;
};

struct BuildSpec {
  std::string tag;
  std::string dockerfile = "Dockerfile";
  std::map<std::string, std::string> args, labels;
  std::string network;  ///< "host" or empty for the engine's default
};

struct ExecSpec {
  std::string container;
  std::vector<std::string> command;
  std::map<std::string, std::string> environment;
  bool tty = false;
  bool input = false;
};

struct ExecResult {
  int exit_code = 0;
  std::string output, errors;
};

/// One piece of a running exec: without a tty the engine tells output from errors.
struct ExecPiece {
  bool is_error = false;
  std::string bytes;
};

class ExecStream {
 public:
  virtual ~ExecStream() = default;
  virtual Task<std::optional<ExecPiece>> read() = 0;  ///< nullopt at the end, which is told once
  virtual Task<> write(std::string_view bytes) = 0;   ///< to its standard input
  virtual Task<> finish_writing() = 0;
  virtual Task<> resize(int columns, int rows) = 0;  ///< tty only
  virtual Task<int> exit_code() = 0;                 ///< after the end
  virtual void close() = 0;
};

/// A line of progress of a pull or a push: bytes over all layers.
using LayerProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;
using LineFunction = std::function<void(std::string_view line)>;

/// The container engine's API: a seam. Every call throws Error(engine_unavailable) when the engine does not answer.
class Engine {
 public:
  virtual ~Engine() = default;
  virtual Task<EngineVersion> version() = 0;
  virtual Task<std::vector<Container>> containers(std::string label) = 0;  ///< "key=value", stopped ones included
  virtual Task<std::optional<Container>> container(std::string name) = 0;
  virtual Task<> start(std::string name) = 0;
  virtual Task<> stop(std::string name, std::chrono::seconds grace) = 0;
  virtual Task<> remove(std::string name) = 0;  ///< by force, with its anonymous volumes; absent is fine

  virtual Task<std::optional<Image>> image(std::string reference) = 0;
  /// Those with a tag that matches one of `patterns` ("greenfield-app/*"), each with just these tags.
  virtual Task<std::vector<Image>> images(std::vector<std::string> patterns) = 0;
  /// Whether a registry serves `reference`: asks for its description and loads nothing.
  virtual Task<bool> serves(std::string reference) = 0;
  /// Throws Error(image_unavailable).
  virtual Task<> pull(std::string reference, LayerProgress progress) = 0;
  /// To the registry that `reference` begins with, as nobody in particular; layers that are there do not travel.
  /// Throws Error(image_unavailable).
  virtual Task<> push(std::string reference, LayerProgress progress) = 0;
  /// Builds from the tar of a context, given piece by piece. Lines of output go to `on_line`.
  /// Throws Error(build_failed) whose cause is the last lines. Cancelling ends the build in the engine.
  virtual Task<> build(BuildSpec spec, http::BodySource tar, LineFunction on_line) = 0;
  /// The images as one `docker save` tar.
  virtual Task<std::unique_ptr<http::ResponseStream>> save(std::vector<std::string> references) = 0;
  virtual Task<> tag(std::string reference, std::string repository, std::string tag) = 0;
  virtual Task<> remove_image(std::string reference) = 0;  ///< absent is fine; one that a container uses stays

  /// Makes a container that never runs and has `folders` of the engine's machine, read-only, as mounted(0), mounted(1)
  /// … Returns its name, for get_archive() and remove(). What a killed daemon left of this kind goes by the way.
  virtual Task<std::string> mount(std::string image, std::vector<std::string> folders) = 0;
  /// A folder of a container as a tar.
  virtual Task<std::unique_ptr<http::ResponseStream>> get_archive(std::string container, std::string folder) = 0;

  virtual Task<ExecResult> exec(ExecSpec spec, std::string input) = 0;
  virtual Task<std::unique_ptr<ExecStream>> exec_stream(ExecSpec spec) = 0;
  /// Puts a tar into a running container's file system below `folder`.
  virtual Task<> put_archive(std::string container, std::string folder, std::string tar) = 0;
  /// Events (one JSON object a line) with the filters of the engine's API, e.g. {"label": ["a=b"]}.
  virtual Task<std::unique_ptr<http::ResponseStream>> events(Json filters) = 0;
};

/// Where Engine::mount() puts a folder. Short: what is below has long names soon.
inline std::string mounted(std::size_t index) { return "/l" + std::to_string(index); }

/// Over the engine's Unix socket (DOCKER_HOST=unix://… or /var/run/docker.sock).
std::unique_ptr<Engine> make_docker_engine(Executor executor, std::string socket_path);
std::string docker_socket_path();

}  // namespace gf::container

#include <algorithm>
#include <deque>
#include <sstream>

#include "container/docker_engine.hpp"
#include "protocol/error.hpp"

namespace gf::container {

namespace {

constexpr std::size_t kept_lines = 40;
constexpr const char* no_credentials = "e30=";  ///< {} in base64: the engine wants the header

/// "localhost:5000/a/b:1" → {"localhost:5000/a/b", "1"}
std::pair<std::string, std::string> split_tag(const std::string& reference) {
  const auto colon = reference.rfind(':');
  if (colon == std::string::npos || reference.find('/', colon) != std::string::npos) return {reference, "latest"};
  return {reference.substr(0, colon), reference.substr(colon + 1)};
}

/// A list that engines write as null, or leave out, when it is empty.
std::vector<std::string> words_of(const Json& config, const char* key) {
  const auto list = config.find(key);
  if (list == config.end() || !list->is_array()) return {};
  return list->get<std::vector<std::string>>();
}

/// Base first: the engine names the uppermost, and those below it from above. Empty when it keeps layers in another
/// way.
std::vector<std::string> layer_folders(const Json& driver, std::size_t count) {
  if (!driver.is_object() || driver.value("Name", "") != "overlay2" || !driver.contains("Data")) return {};
  std::vector<std::string> folders;
  std::istringstream below(driver["Data"].value("LowerDir", ""));
  for (std::string folder; std::getline(below, folder, ':');) folders.insert(folders.begin(), folder);
  folders.push_back(driver["Data"].value("UpperDir", ""));
  if (folders.size() != count) folders.clear();
  return folders;
}

/// Lines out of pieces of text.
class LineSplitter {
 public:
  explicit LineSplitter(LineFunction on_line) : on_line_(std::move(on_line)) {}
  void add(std::string_view text) {
    for (const char c : text) {
      if (c != '\n')
        line_ += c;
      else
        flush();
    }
  }
  void flush() {
    if (!line_.empty()) on_line_(line_);
    line_.clear();
  }

 private:
  LineFunction on_line_;
  std::string line_;
};

/// The sum over all layers of what a pull or a push tells of those that have `status`.
struct Layers {
  std::string status;
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> bytes = {};
  void add(const Json& line) {
    const auto detail = line.find("progressDetail");
    if (line.value("status", "") != status || detail == line.end() || !detail->is_object()) return;
    bytes[line.value("id", "")] = {detail->value("current", std::uint64_t{0}),
                                   detail->value("total", std::uint64_t{0})};
  }
  void tell(const LayerProgress& progress) const {
    std::uint64_t done = 0, total = 0;
    for (const auto& [id, layer] : bytes) {
      done += layer.first;
      total += layer.second;
    }
    if (progress && total > 0) progress(std::min(done, total), total);  // what is sent has headers besides
  }
};

/// To its end. Throws Error(image_unavailable, "cannot " + what) with the engine's words.
Task<> follow(http::ResponseStream& stream, std::string what, std::string status, LayerProgress progress) {
  Layers layers{std::move(status)};
  for (;;) {
    auto reading = stream.read_line();
    const auto text = co_await std::move(reading);
    if (!text) break;
    const auto line = Json::parse(*text, nullptr, false);
    if (!line.is_object()) continue;
    if (line.contains("error"))
      throw Error(ErrorCode::image_unavailable, "cannot " + what, {}, line.value("error", ""));
    layers.add(line);
    layers.tell(progress);
  }
}

}  // namespace

Task<std::optional<Image>> DockerEngine::image(std::string reference) {
  auto asking = send("GET", "/images/" + http::percent_encode(reference) + "/json");
  const auto response = co_await std::move(asking);
  if (response.status == 404) co_return std::nullopt;
  if (response.status != 200)
    throw Error(ErrorCode::engine_unavailable, "cannot inspect the image " + reference, {}, response.body);
  const auto answer = parse_json(response.body, "the container engine's answer");
  Image image;
  image.id = answer.value("Id", "");
  image.bytes = answer.value("Size", std::uint64_t{0});
  if (const auto& tags = answer["RepoTags"]; tags.is_array()) image.tags = tags.get<std::vector<std::string>>();
  if (const auto& labels = answer["Config"]["Labels"]; labels.is_object())
    image.labels = labels.get<std::map<std::string, std::string>>();
  image.entrypoint = words_of(answer["Config"], "Entrypoint");
  image.command = words_of(answer["Config"], "Cmd");
  image.architecture = answer.value("Architecture", "");
  image.os = answer.value("Os", "");
  image.settings = answer["Config"];
  image.layers = words_of(answer.value("RootFS", Json::object()), "Layers");
  image.layer_folders = layer_folders(answer.value("GraphDriver", Json()), image.layers.size());
  co_return image;
}

Task<std::vector<Image>> DockerEngine::images(std::vector<std::string> patterns) {
  Json filters;
  filters["reference"] = std::move(patterns);
  auto asking = send("GET", "/images/json?filters=" + http::percent_encode(dump(filters)));
  const auto response = co_await std::move(asking);
  if (response.status != 200) throw Error(ErrorCode::engine_unavailable, "cannot list the images", {}, response.body);
  std::vector<Image> all;
  const auto answer = parse_json(response.body, "the container engine's answer");
  for (const auto& one : answer) {
    Image image;
    image.id = one.value("Id", "");
    image.bytes = one.value("Size", std::uint64_t{0});
    image.created = one.value("Created", 0.0);
    if (const auto tags = one.find("RepoTags"); tags != one.end() && tags->is_array())
      image.tags = tags->get<std::vector<std::string>>();
    all.push_back(std::move(image));
  }
  co_return all;
}

Task<bool> DockerEngine::serves(std::string reference) {
  auto asking = send("GET", "/distribution/" + http::percent_encode(reference) + "/json");
  co_return (co_await std::move(asking)).status == 200;
}

Task<> DockerEngine::pull(std::string reference, LayerProgress progress) {
  const auto [name, tag] = split_tag(reference);
  http::Request request;
  request.method = "POST";
  request.target = "/images/create?fromImage=" + http::percent_encode(name) + "&tag=" + http::percent_encode(tag);
  const auto what = "pull the image " + reference;
  auto opening = open_good(std::move(request), {}, ErrorCode::image_unavailable, what);
  const auto stream = co_await std::move(opening);
  auto following = follow(*stream, what, "Downloading", std::move(progress));
  co_await std::move(following);
}

Task<> DockerEngine::push(std::string reference, LayerProgress progress) {
  const auto [name, tag] = split_tag(reference);
  http::Request request;
  request.method = "POST";
  request.target = "/images/" + http::percent_encode(name) + "/push?tag=" + http::percent_encode(tag);
  request.headers.set("X-Registry-Auth", no_credentials);
  const auto what = "push the image " + reference;
  auto opening = open_good(std::move(request), {}, ErrorCode::image_unavailable, what);
  const auto stream = co_await std::move(opening);
  auto following = follow(*stream, what, "Pushing", std::move(progress));
  co_await std::move(following);
}

Task<> DockerEngine::build(BuildSpec spec, http::BodySource tar, LineFunction on_line) {
  http::Request request;
  request.method = "POST";
  request.target = "/build?version=1&rm=true&forcerm=true&t=" + http::percent_encode(spec.tag) +
                   "&dockerfile=" + http::percent_encode(spec.dockerfile) +
                   "&buildargs=" + http::percent_encode(dump(Json(spec.args))) +
                   "&labels=" + http::percent_encode(dump(Json(spec.labels)));
  if (!spec.network.empty()) request.target += "&networkmode=" + http::percent_encode(spec.network);
  request.headers.set("Content-Type", "application/x-tar");
  auto opening = open_good(std::move(request), std::move(tar), ErrorCode::build_failed, "build the image " + spec.tag);
  const auto stream = co_await std::move(opening);
  std::deque<std::string> last;
  LineSplitter lines([&](std::string_view line) {
    last.emplace_back(line);
    if (last.size() > kept_lines) last.pop_front();
    if (on_line) on_line(line);
  });
  std::string failure;
  for (;;) {
    auto reading = stream->read_line();
    const auto text = co_await std::move(reading);
    if (!text) break;
    const auto line = Json::parse(*text, nullptr, false);
    if (!line.is_object()) continue;
    if (line.contains("stream")) lines.add(line["stream"].get<std::string>());
    if (line.contains("error")) failure = line["error"].get<std::string>();
  }
  lines.flush();
  if (failure.empty()) co_return;
  std::string cause;
  for (const auto& line : last) cause += line + '\n';
  throw Error(ErrorCode::build_failed, "cannot build the image " + spec.tag, {}, cause + failure);
}

Task<std::unique_ptr<http::ResponseStream>> DockerEngine::save(std::vector<std::string> references) {
  http::Request request;
  request.target = "/images/get?";
  for (const auto& reference : references) request.target += "names=" + http::percent_encode(reference) + '&';
  request.target.pop_back();
  return open_good(std::move(request), {}, ErrorCode::image_unavailable, "read the images out of the container engine");
}

Task<> DockerEngine::tag(std::string reference, std::string repository, std::string tag) {
  auto asking = send("POST", "/images/" + http::percent_encode(reference) +
                                 "/tag?repo=" + http::percent_encode(repository) + "&tag=" + http::percent_encode(tag));
  const auto response = co_await std::move(asking);
  if (response.status != 201)
    throw Error(ErrorCode::image_unavailable, "cannot name the image " + reference, {}, response.body);
}

Task<> DockerEngine::remove_image(std::string reference) {
  auto asking = send("DELETE", "/images/" + http::percent_encode(reference));
  const auto response = co_await std::move(asking);
  if (response.status != 200 && response.status != 404 && response.status != 409)  // 409: a container uses it
    throw Error(ErrorCode::image_unavailable, "cannot remove the image " + reference, {}, response.body);
}

}  // namespace gf::container

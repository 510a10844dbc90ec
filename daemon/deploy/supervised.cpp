#include "deploy/supervised.hpp"

#include "deploy/own_container.hpp"
#include "node/agent_starter.hpp"
#include "protocol/error.hpp"

namespace gf::deploy {

namespace {

constexpr const char* volume_name = "gf-supervise";
constexpr const char* mount_path = "/.greenfield";

bool has_words(const Json& container, const char* key) {
  const auto found = container.find(key);
  return found != container.end() && found->is_array() && !found->empty();
}

/// Kubernetes replaces $(NAME) in commands, which it leaves alone in those of an image: "$$" stands for '$'.
void add_literally(Json& words, const std::vector<std::string>& from) {
  for (const auto& word : from) {
    std::string escaped;
    for (const char c : word) escaped += c == '$' ? std::string("$$") : std::string(1, c);
    words.push_back(escaped);
  }
}

[[noreturn]] void refuse(const std::string& app, const std::string& why) {
  throw Error(ErrorCode::bad_config, "cannot start " + app + " with 'on_sync: restart': " + why,
              "give the app, or its container in its own manifests, a 'command'");
}

/// As Kubernetes reads `command` and `args`: they replace the image's entry point and command; a `command` alone is
/// all.
void put_before_program(Json& container, const std::string& app, const std::string& reference,
                        const std::optional<container::Image>& image) {
  Json command = Json::array({std::string(mount_path) + "/gf-supervise", "--"});
  const auto words = command.size();
  if (has_words(container, "command")) {
    for (const auto& word : container["command"]) command.push_back(word);
  } else {
    if (container.value("image", "") != reference)
      refuse(app, "its container runs the image " + container.value("image", "") + ", which is not the app's");
    if (!image) refuse(app, "the container engine does not have the image " + reference + " any more");
    add_literally(command, image->entrypoint);
    if (!has_words(container, "args") && !image->command.empty()) {
      Json arguments = Json::array();
      add_literally(arguments, image->command);
      container["args"] = std::move(arguments);
    }
  }
  if (command.size() == words && !has_words(container, "args"))
    refuse(app, "the image " + reference + " names no program");
  container["command"] = std::move(command);
}

}  // namespace

void supervise(std::vector<Json>& objects, const std::string& app, const std::string& reference,
               const std::optional<container::Image>& image) {
  const bool found = change_containers(objects, app, [&](Json& container, Json& spec) {
    put_before_program(container, app, reference, image);
    mount_folder(container, spec, volume_name, node::supervisor_folder, mount_path);
  });
  if (!found)
    throw Error(ErrorCode::bad_config,
                "cannot start " + app + " with 'on_sync: restart': no container is called " + app,
                "name the container in the app's own manifests as the app: its files are synced by that name, too");
}

}  // namespace gf::deploy

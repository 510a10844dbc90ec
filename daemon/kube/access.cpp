#include <yaml-cpp/yaml.h>

#include "kube/base64.hpp"
#include "kube/kube_api.hpp"
#include "protocol/error.hpp"

namespace gf::kube {

namespace {

Error unreadable(const std::string& why) {
  return Error(ErrorCode::cluster_unavailable, "cannot read the kubeconfig: " + why,
               "make it again with `gf down` and `gf up`");
}

std::string text_at(const YAML::Node& node, const char* key) {
  return node && node.IsMap() && node[key] && node[key].IsScalar() ? node[key].Scalar() : std::string();
}

/// The member `inner` of the entry of `list` that is called `name`.
YAML::Node entry(const YAML::Node& config, const char* list, const std::string& name, const char* inner) {
  for (const auto& item : config[list])
    if (text_at(item, "name") == name) return item[inner];
  throw unreadable(std::string(list) + " has no entry " + name);
}

/// "https://127.0.0.1:41234" → host and port.
void read_server(const std::string& server, http::Endpoint& endpoint) {
  constexpr std::string_view scheme = "https://";
  if (!server.starts_with(scheme)) throw unreadable("the server is no https address: " + server);
  auto rest = server.substr(scheme.size());
  rest = rest.substr(0, rest.find('/'));
  const auto colon = rest.rfind(':');
  endpoint.port = 443;
  if (colon != std::string::npos && rest.find(']', colon) == std::string::npos) {
    try {
      endpoint.port = std::stoi(rest.substr(colon + 1));
    } catch (const std::exception&) {
      throw unreadable("the server has no port number: " + server);
    }
    rest.resize(colon);
  }
  if (rest.starts_with('[') && rest.ends_with(']')) rest = rest.substr(1, rest.size() - 2);
  endpoint.host = rest;
}

Access read(const YAML::Node& config) {
  const auto context = entry(config, "contexts", text_at(config, "current-context"), "context");
  const auto cluster = entry(config, "clusters", text_at(context, "cluster"), "cluster");
  const auto user = entry(config, "users", text_at(context, "user"), "user");
  Access access;
  read_server(text_at(cluster, "server"), access.endpoint);
  http::Tls tls;
  tls.ca = base64_decode(text_at(cluster, "certificate-authority-data"));
  tls.certificate = base64_decode(text_at(user, "client-certificate-data"));
  tls.key = base64_decode(text_at(user, "client-key-data"));
  if (tls.ca.empty() || tls.certificate.empty() || tls.key.empty())
    throw unreadable("it has no inline client certificate");
  access.endpoint.tls = std::move(tls);
  return access;
}

}  // namespace

Access access_from_kubeconfig(const std::string& text) {
  try {
    return read(YAML::Load(text));
  } catch (const YAML::Exception& error) {
    throw unreadable(error.what());
  }
}

}  // namespace gf::kube

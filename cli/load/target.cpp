#include "load/target.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>

#include "protocol/error.hpp"

namespace gf::cli {

namespace {

/// RFC 6761: "localhost" and all names under it are loopback.
bool is_localhost(const std::string& name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
  return plain && (name == "localhost" || name.ends_with(".localhost"));
}

/// 0 for what is no port.
int port_of(std::string_view text) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port > 0 && port < 65536 ? port : 0;
}

}  // namespace

LoadTarget load_target(const std::string& url) {
  constexpr std::string_view scheme = "http://";
  const auto refusal = [&](const std::string& reason, const std::string& hint) {
    return Error(ErrorCode::usage, "cannot load " + url + ": " + reason, hint);
  };
  if (!url.starts_with(scheme)) throw refusal("it is no address of http", "http://localhost:PORT");
  LoadTarget target;
  target.host = url.substr(scheme.size());
  if (target.host.ends_with('/')) target.host.pop_back();
  if (target.host.find_first_of("/?#") != std::string::npos) throw refusal("it has a path", "--path /x");
  auto name = target.host;
  // A colon inside of brackets belongs to an IPv6 address.
  if (const auto colon = name.rfind(':'); colon != std::string::npos && name.find(']', colon) == std::string::npos) {
    target.port = port_of(std::string_view(name).substr(colon + 1));
    if (target.port == 0) throw refusal("'" + name.substr(colon + 1) + "' is no port", "a number from 1 to 65535");
    name.resize(colon);
  }
  if (is_localhost(name)) {
    target.address = "127.0.0.1";
    return target;
  }
  if (name.starts_with('[') && name.ends_with(']')) name = name.substr(1, name.size() - 2);
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(name, error);
  if (error || !address.is_loopback())
    throw refusal("it does not lie on this machine's loopback", "an app of this project, or http://localhost:PORT");
  target.address = address.to_string();
  return target;
}

std::string path_problem(const std::string& path) {
  if (!path.starts_with('/')) return "it must begin with '/'";
  const bool visible = std::all_of(path.begin(), path.end(), [](unsigned char c) { return c > ' ' && c < 0x7f; });
  return visible ? "" : "blanks and what is not ASCII must be percent-encoded";
}

}  // namespace gf::cli

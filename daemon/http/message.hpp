#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gf::http {

/// Header fields in order; names are compared without case.
class Headers {
 public:
  void set(std::string name, std::string value);  ///< replaces a field of that name
  std::optional<std::string> get(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& all() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

struct Request {
  std::string method = "GET";
  std::string target;  ///< path and query, percent-encoded
  Headers headers;
  std::string body;
};

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
};

/// Percent-encodes everything outside RFC 3986's unreserved set.
std::string percent_encode(std::string_view text);
/// Throws Error(bad_request) for a broken escape.
std::string percent_decode(std::string_view text);

/// A target taken apart: "/v1/operations/op-7/events?after=3".
struct Target {
  std::vector<std::string> segments;                       ///< decoded path segments
  std::vector<std::pair<std::string, std::string>> query;  ///< decoded
  std::optional<std::string> param(std::string_view name) const;
};
Target parse_target(std::string_view target);

}  // namespace gf::http

#pragma once
#include <exception>
#include <string>
#include <string_view>

#include "protocol/json.hpp"

namespace gf {

/// Every way in which Greenfield can say no. Stable: the kebab-case code, the HTTP status and the exit code of each
/// stand in one table in error.cpp; the compiler refuses an enumerator without a row.
enum class ErrorCode {
  internal,             ///< a bug of ours
  bad_request,          ///< malformed or unknown fields in a request
  not_found,            ///< the named thing does not exist
  conflict,             ///< another operation holds what this one needs
  cancelled,            ///< the user or a shutdown ended it
  timed_out,            ///< a deadline passed
  payload_too_large,    ///< a request over its size limit
  forbidden,            ///< the peer is another user
  bad_config,           ///< greenfield.yaml or addon.yaml is wrong
  not_a_checkout,       ///< the folder is no Git work tree
  engine_unavailable,   ///< the container engine does not answer
  cluster_unavailable,  ///< no cluster, or its API does not answer
  cluster_failed,       ///< creating, starting or removing the cluster failed
  image_unavailable,    ///< an image is neither present nor to be pulled or built
  build_failed,         ///< building an image failed
  addon_failed,         ///< an addon did not become ready
  addon_in_use,         ///< disabling what others need
  not_enough_memory,    ///< admission refused
  deploy_failed,        ///< the application did not become ready
  port_taken,           ///< a localhost port belongs to another program
  state_unwritable,     ///< our own state cannot be saved
  daemon_unavailable,   ///< the client cannot reach gfd
  usage,                ///< a wrong command line
};

/// The one exception type that crosses rooms and the socket.
/// `message` starts with "cannot …" in the user's words; `hint` is the remedy; `cause` is what a lower layer said
/// (a compiler's words, the last log lines), shown below the message as it is.
class Error : public std::exception {
 public:
  Error(ErrorCode code, std::string message, std::string hint = {}, std::string cause = {})
      : code_(code), message_(std::move(message)), hint_(std::move(hint)), cause_(std::move(cause)) {}

  ErrorCode code() const { return code_; }
  const std::string& message() const { return message_; }
  const std::string& hint() const { return hint_; }
  const std::string& cause() const { return cause_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  ErrorCode code_;
  std::string message_, hint_, cause_;
};

std::string_view name(ErrorCode code);
ErrorCode error_code_from(std::string_view name);  ///< `internal` for a name of a newer version
int http_status(ErrorCode code);
int exit_code(ErrorCode code);

/// {"code": "port-taken", "message": …, "hint": …, "cause": …}; empty members are left out.
Json to_json(const Error& error);
Error error_from_json(const Json& value);

/// The Error that stands for whatever was thrown: an Error itself, a system_error by its category's words,
/// a cancellation as `cancelled`, anything else as `internal`.
Error error_from(std::exception_ptr thrown);

}  // namespace gf

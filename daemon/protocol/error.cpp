#include "protocol/error.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <system_error>

namespace gf {

namespace {

struct Row {
  std::string_view name;
  int http_status;
  int exit_code;
};

// Exit codes: 1 failed, 2 usage, 3 bad configuration, 4 not found, 5 conflict, 6 the environment lacks something,
// 7 the application failed, 130 cancelled (128 + SIGINT, as shells count).
constexpr Row row(ErrorCode code) {
  switch (code) {
    case ErrorCode::internal:
      return {"internal", 500, 1};
    case ErrorCode::bad_request:
      return {"bad-request", 400, 2};
    case ErrorCode::not_found:
      return {"not-found", 404, 4};
    case ErrorCode::conflict:
      return {"conflict", 409, 5};
    case ErrorCode::cancelled:
      return {"cancelled", 409, 130};
    case ErrorCode::timed_out:
      return {"timed-out", 504, 1};
    case ErrorCode::payload_too_large:
      return {"payload-too-large", 413, 2};
    case ErrorCode::forbidden:
      return {"forbidden", 403, 1};
    case ErrorCode::bad_config:
      return {"bad-config", 400, 3};
    case ErrorCode::not_a_checkout:
      return {"not-a-checkout", 400, 3};
    case ErrorCode::engine_unavailable:
      return {"engine-unavailable", 503, 6};
    case ErrorCode::cluster_unavailable:
      return {"cluster-unavailable", 503, 6};
    case ErrorCode::cluster_failed:
      return {"cluster-failed", 500, 1};
    case ErrorCode::image_unavailable:
      return {"image-unavailable", 503, 6};
    case ErrorCode::build_failed:
      return {"build-failed", 422, 7};
    case ErrorCode::addon_failed:
      return {"addon-failed", 500, 1};
    case ErrorCode::addon_in_use:
      return {"addon-in-use", 409, 5};
    case ErrorCode::not_enough_memory:
      return {"not-enough-memory", 507, 6};
    case ErrorCode::deploy_failed:
      return {"deploy-failed", 422, 7};
    case ErrorCode::port_taken:
      return {"port-taken", 409, 6};
    case ErrorCode::state_unwritable:
      return {"state-unwritable", 507, 6};
    case ErrorCode::daemon_unavailable:
      return {"daemon-unavailable", 503, 6};
    case ErrorCode::usage:
      return {"usage", 400, 2};
  }
  return {"internal", 500, 1};
}

constexpr auto last_code = ErrorCode::usage;

}  // namespace

std::string_view name(ErrorCode code) { return row(code).name; }
int http_status(ErrorCode code) { return row(code).http_status; }
int exit_code(ErrorCode code) { return row(code).exit_code; }

ErrorCode error_code_from(std::string_view wanted) {
  for (int i = 0; i <= static_cast<int>(last_code); ++i)
    if (name(static_cast<ErrorCode>(i)) == wanted) return static_cast<ErrorCode>(i);
  return ErrorCode::internal;
}

Json to_json(const Error& error) {
  Json value{{"code", name(error.code())}, {"message", error.message()}};
  if (!error.hint().empty()) value["hint"] = error.hint();
  if (!error.cause().empty()) value["cause"] = error.cause();
  return value;
}

Error error_from_json(const Json& value) {
  return Error(error_code_from(value.value("code", "internal")), value.value("message", "cannot tell what went wrong"),
               value.value("hint", ""), value.value("cause", ""));
}

Error error_from(std::exception_ptr thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const Error& error) {
    return error;
  } catch (const boost::system::system_error& error) {
    if (error.code() == boost::asio::error::operation_aborted) return Error(ErrorCode::cancelled, "cancelled");
    return Error(ErrorCode::internal, "cannot go on: " + error.code().message());
  } catch (const std::system_error& error) {
    return Error(ErrorCode::internal, "cannot go on: " + error.code().message());
  } catch (const std::exception& error) {
    return Error(ErrorCode::internal, std::string("cannot go on: internal error: ") + error.what());
  } catch (...) {
    return Error(ErrorCode::internal, "cannot go on: internal error");
  }
}

}  // namespace gf

#include "api/answers.hpp"

#include <algorithm>
#include <charconv>

namespace gf::api {

namespace {

http::Response json_response(int status, const Json& body) {
  http::Response response;
  response.status = status;
  response.headers.set("Content-Type", "application/json");
  response.body = dump(body) + '\n';
  return response;
}

[[noreturn]] void wrong_type(const char* key, const char* wanted) {
  throw Error(ErrorCode::bad_request, std::string("cannot read the request: '") + key + "' must be " + wanted);
}

}  // namespace

Task<> answer(http::Responder& responder, int status, Json body) {
  auto responding = responder.respond(json_response(status, body));
  co_await std::move(responding);
}

Task<> accepted(http::Responder& responder, Operation operation) {
  auto response = json_response(202, to_json(operation));
  response.headers.set("Location", "/v1/operations/" + operation.id);
  auto responding = responder.respond(std::move(response));
  co_await std::move(responding);
}

Json body_of(const http::Request& request, std::initializer_list<std::string_view> known) {
  auto body = request.body.empty() ? Json::object() : parse_json(request.body, "the request body");
  refuse_unknown(body, known, "the request body");
  return body;
}

std::string text_of(const Json& body, const char* key, std::string fallback) {
  const auto found = body.find(key);
  if (found == body.end()) return fallback;
  if (!found->is_string()) wrong_type(key, "a text");
  return found->get<std::string>();
}

bool flag_of(const Json& body, const char* key) {
  const auto found = body.find(key);
  if (found == body.end()) return false;
  if (!found->is_boolean()) wrong_type(key, "true or false");
  return found->get<bool>();
}

std::vector<std::string> texts_of(const Json& body, const char* key) {
  const auto found = body.find(key);
  if (found == body.end()) return {};
  if (!found->is_array() || !std::ranges::all_of(*found, &Json::is_string)) wrong_type(key, "a list of texts");
  return found->get<std::vector<std::string>>();
}

std::int64_t number_of(const http::Target& target, const char* name, std::int64_t least, std::int64_t fallback) {
  const auto text = target.param(name);
  if (!text) return fallback;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size() || value < least)
    wrong_type(name, least < 0 ? "a whole number" : "a whole number of at least 0");
  return value;
}

}  // namespace gf::api

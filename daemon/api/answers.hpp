#pragma once
#include "http/router.hpp"
#include "protocol/json.hpp"
#include "protocol/operation.hpp"

namespace gf::api {

/// Answers with a JSON body.
Task<> answer(http::Responder& responder, int status, Json body);
/// 202 with the operation and where it is followed.
Task<> accepted(http::Responder& responder, Operation operation);
/// The body of a request as an object with no members but `known`. An empty body is {}.
Json body_of(const http::Request& request, std::initializer_list<std::string_view> known);
/// A member of the body. Throws Error(bad_request) for another type.
std::string text_of(const Json& body, const char* key, std::string fallback = {});
bool flag_of(const Json& body, const char* key);
std::vector<std::string> texts_of(const Json& body, const char* key);
/// A number of at least `least` in the query. Throws Error(bad_request).
std::int64_t number_of(const http::Target& target, const char* name, std::int64_t least, std::int64_t fallback);

}  // namespace gf::api

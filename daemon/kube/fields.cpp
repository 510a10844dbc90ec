#include "kube/fields.hpp"

namespace gf::kube {

const Json& at(const Json& object, const char* key) {
  static const Json nothing = Json::object();
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? nothing : *found;
}

std::string text(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() || !found->is_string() ? std::string() : found->get<std::string>();
}

int number(const Json& object, const char* key, int fallback) {
  const auto found = object.find(key);
  return found == object.end() || !found->is_number() ? fallback : found->get<int>();
}

std::string name_of(const Json& object) { return text(at(object, "metadata"), "name"); }

}  // namespace gf::kube

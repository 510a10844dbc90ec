#include "kube/manifests.hpp"

#include <yaml-cpp/yaml.h>

#include <charconv>

#include "protocol/error.hpp"

namespace gf::kube {

namespace {

template <class Number>
bool read_number(const std::string& text, Number& value) {
  const auto* begin = text.data() + (text.starts_with('+') ? 1 : 0);
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(begin, end, value);
  return error == std::errc() && stop == end && begin != end;
}

Json scalar(const YAML::Node& node) {
  const auto& text = node.Scalar();
  if (node.Tag() == "!" || node.Tag() == "tag:yaml.org,2002:str") return text;
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return nullptr;
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  if (std::int64_t whole = 0; read_number(text, whole)) return whole;
  const bool looks_numeric = text.find_first_not_of("+-.0123456789eE") == std::string::npos;
  if (double real = 0; looks_numeric && read_number(text, real)) return real;
  return text;
}

Json convert(const YAML::Node& node) {
  if (!node.IsDefined() || node.IsNull()) return nullptr;
  if (node.IsScalar()) return scalar(node);
  if (node.IsSequence()) {
    Json list = Json::array();
    for (const auto& item : node) list.push_back(convert(item));
    return list;
  }
  Json object = Json::object();
  for (const auto& member : node) object[member.first.Scalar()] = convert(member.second);
  return object;
}

}  // namespace

std::vector<Json> read_documents(const std::string& text, const std::string& what) {
  std::vector<Json> documents;
  try {
    for (const auto& node : YAML::LoadAll(text))
      if (auto document = convert(node); !document.is_null()) documents.push_back(std::move(document));
  } catch (const YAML::Exception& error) {
    throw Error(ErrorCode::bad_config, "cannot read " + what + ": line " + std::to_string(error.mark.line + 1) +
                                           ", column " + std::to_string(error.mark.column + 1) + ": " + error.msg);
  }
  return documents;
}

}  // namespace gf::kube

#include "kube/manifests.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <set>

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

/// Whether every YAML reads it as this very string, without quotes.
bool is_plain(const std::string& text) {
  static const std::set<std::string> words = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"};
  auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  auto is_safe = [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || std::string_view("-_./+=").find(c) != std::string_view::npos;
  };
  if (text.empty() || !is_letter(text.front()) || !std::ranges::all_of(text, is_safe)) return false;
  std::string lower;
  for (const char c : text) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return !words.contains(lower);
}

std::string write_scalar(const Json& value) {
  if (value.is_string() && is_plain(value.get_ref<const std::string&>())) return value.get<std::string>();
  return dump(value);  // also {} and []: JSON is YAML
}

void write_block(const Json& value, const std::string& indent, std::string& text);

/// What stands after "key:" or "-".
void write_member(const Json& value, const std::string& indent, std::string& text) {
  if (!value.is_structured() || value.empty()) {
    text += ' ' + write_scalar(value) + '\n';
  } else {
    text += '\n';
    write_block(value, indent, text);
  }
}

void write_block(const Json& value, const std::string& indent, std::string& text) {
  if (value.is_array())
    for (const auto& item : value) {
      text += indent + '-';
      write_member(item, indent + "  ", text);
    }
  else
    for (const auto& [key, member] : value.items()) {
      text += indent + write_scalar(key) + ':';
      write_member(member, indent + "  ", text);
    }
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

std::string write_document(const Json& object) {
  if (!object.is_structured() || object.empty()) return write_scalar(object) + '\n';
  std::string text;
  write_block(object, "", text);
  return text;
}

}  // namespace gf::kube

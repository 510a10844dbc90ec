#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/json.hpp"

namespace gf::seal {

/// A Secret in clear, about to be sealed.
struct Secret {
  std::string name, space;  ///< empty: not said
  std::string type;         ///< empty: Kubernetes' default
  std::optional<bool> immutable;
  std::map<std::string, std::string> labels, annotations;
  std::map<std::string, std::string> values;
};

/// The Secrets of a manifest (YAML or JSON, several documents), which `what` names in errors. What only a server writes
/// is left out. Throws Error(bad_config) with the place of the first fault; never with a value.
std::vector<Secret> secrets_from(const std::string& text, const std::string& what);

/// Adds one value; `what` says where it comes from. Throws Error(bad_config) for a key that Kubernetes does not take,
/// or that is there already.
void add_value(Secret& secret, const std::string& key, std::string value, const std::string& what);
/// "KEY=VALUE".
void add_literal(Secret& secret, const std::string& pair);
/// Lines KEY=VALUE; blank ones and those that begin with '#' are skipped. Values are taken as they stand.
void add_env_file(Secret& secret, const std::string& text, const std::string& what);

}  // namespace gf::seal

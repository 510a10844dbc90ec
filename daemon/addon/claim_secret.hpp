#pragma once
#include <map>
#include <optional>
#include <string>

#include "addon/branches.hpp"
#include "protocol/json.hpp"

namespace gf::addon {

/// What a claim's Secret says of the files that fill it: one of the words, or the digest of the files that did, or "".
struct SeedMark {
  static constexpr const char* fresh = "new";    ///< the claim was made to be filled, and nothing is in it yet
  static constexpr const char* begun = "begun";  ///< nothing but a part of the files is in it
  std::string text;
  bool is_digest() const { return !text.empty() && text != fresh && text != begun; }
};

/// What the Secret remembers of its claim, besides the variables.
struct ClaimNotes {
  SeedMark mark;
  BranchRecord branches;
};

inline constexpr const char* claim_label = "greenfield.dev/claim";  ///< of the Secrets; its value is the addon
inline constexpr const char* password_key = "password";

/// Pure: one value in clear, "" when it is not there.
std::string secret_value(const std::optional<Json>& secret, const std::string& key);
ClaimNotes notes_of(const std::optional<Json>& secret);

/// Pure: the Secret of the project's claim, to be applied. It is applied as a whole: what is not applied again goes.
Json claim_secret(const std::string& addon, const std::string& project, const std::map<std::string, std::string>& texts,
                  const ClaimNotes& notes);
/// Pure: `stored` with other notes.
Json with_notes(const Json& stored, const std::string& addon, const std::string& project, const ClaimNotes& notes);

}  // namespace gf::addon

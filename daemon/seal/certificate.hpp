#pragma once
#include <memory>
#include <string>
#include <string_view>

namespace gf::seal {

/// The public half of a sealing key: seals values so that only the controller with the other half can read them.
class Certificate {
 public:
  /// Reads the first certificate of a PEM text, which `what` names in errors. Throws Error(bad_config) when there is
  /// none, or its key is not RSA.
  static Certificate read(const std::string& pem, const std::string& what);

  /// Throws Error(bad_config) with `remedy` when the certificate has expired at `now` (seconds since the epoch).
  void need_valid(double now, const std::string& remedy) const;

  /// The value as a SealedSecret holds it. It can be unsealed with the same `label` only.
  std::string seal(std::string_view value, const std::string& label) const;

 private:
  struct Parsed;
  explicit Certificate(std::shared_ptr<const Parsed> parsed) : parsed_(std::move(parsed)) {}
  std::string encrypt_key(std::string_view key, const std::string& label) const;

  std::shared_ptr<const Parsed> parsed_;
};

}  // namespace gf::seal

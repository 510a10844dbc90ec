#pragma once
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "kube/base64.hpp"
#include "seal/certificate.hpp"

namespace gf::test {

/// The controller's side: a private key, its certificate, and the unsealing of values.
class SealingKey {
 public:
  /// "RSA" or "EC".
  explicit SealingKey(const std::string& kind)
      : key_(kind == "RSA" ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048})
                           : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"),
             EVP_PKEY_free) {
    if (!key_) throw std::runtime_error("no key");
  }

  /// A certificate in PEM that expires in so many seconds.
  std::string certificate(long seconds) const {
    const std::unique_ptr<X509, void (*)(X509*)> made(X509_new(), X509_free);
    X509_set_version(made.get(), 2);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -7200);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), seconds);
    X509_set_pubkey(made.get(), key_.get());
    X509_sign(made.get(), key_.get(), EVP_sha256());
    const std::unique_ptr<BIO, int (*)(BIO*)> out(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_X509(out.get(), made.get());
    char* text = nullptr;
    const auto length = BIO_ctrl(out.get(), BIO_CTRL_INFO, 0, &text);
    return std::string(text, static_cast<std::size_t>(length));
  }

  /// As the controller does it; nullopt when key, label or value do not fit.
  std::optional<std::string> unseal(const std::string& sealed, const std::string& label) const {
    const auto raw = kube::base64_decode(sealed);
    if (raw.size() < 2) return std::nullopt;
    const auto length = static_cast<std::size_t>(static_cast<unsigned char>(raw[0])) << 8 |
                        static_cast<std::size_t>(static_cast<unsigned char>(raw[1]));
    if (raw.size() < 2 + length + tag_bytes) return std::nullopt;
    const auto session_key = decrypt_key(raw.substr(2, length), label);
    return session_key ? decrypt(raw.substr(2 + length), *session_key) : std::nullopt;
  }

 private:
  static constexpr std::size_t tag_bytes = 16;

  std::optional<std::string> decrypt_key(const std::string& encrypted, const std::string& label) const {
    const std::unique_ptr<EVP_PKEY_CTX, void (*)(EVP_PKEY_CTX*)> context(EVP_PKEY_CTX_new(key_.get(), nullptr),
                                                                         EVP_PKEY_CTX_free);
    EVP_PKEY_decrypt_init(context.get());
    EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING);
    EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), EVP_sha256());
    EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), EVP_sha256());
    if (!label.empty())
      EVP_PKEY_CTX_set0_rsa_oaep_label(context.get(), OPENSSL_memdup(label.data(), label.size()),
                                       static_cast<int>(label.size()));
    std::string plain(512, '\0');
    std::size_t length = plain.size();
    if (EVP_PKEY_decrypt(context.get(), reinterpret_cast<unsigned char*>(plain.data()), &length,
                         reinterpret_cast<const unsigned char*>(encrypted.data()), encrypted.size()) != 1)
      return std::nullopt;
    return plain.substr(0, length);
  }

  static std::optional<std::string> decrypt(const std::string& sealed, const std::string& key) {
    const std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)> context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    const unsigned char nonce[12] = {};
    auto bytes = [](const std::string& text) { return reinterpret_cast<const unsigned char*>(text.data()); };
    EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes(key), nonce);
    const auto size = sealed.size() - tag_bytes;
    auto tag = sealed.substr(size);
    std::string plain(size, '\0');
    int length = 0;
    EVP_DecryptUpdate(context.get(), reinterpret_cast<unsigned char*>(plain.data()), &length, bytes(sealed),
                      static_cast<int>(size));
    EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(tag.size()), tag.data());
    unsigned char rest[16];
    if (EVP_DecryptFinal_ex(context.get(), rest, &length) != 1) return std::nullopt;
    return plain;
  }

  std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_;
};

}  // namespace gf::test

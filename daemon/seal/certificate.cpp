#include "seal/certificate.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <array>
#include <ctime>

#include "kube/base64.hpp"
#include "protocol/error.hpp"

namespace gf::seal {

namespace {

constexpr std::size_t session_key_bytes = 32;
constexpr std::size_t nonce_bytes = 12, tag_bytes = 16;

template <auto release>
struct Release {
  template <class T>
  void operator()(T* pointer) const {
    release(pointer);
  }
};
using Bio = std::unique_ptr<BIO, Release<BIO_free>>;
using X509Pointer = std::unique_ptr<X509, Release<X509_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Release<EVP_PKEY_CTX_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Release<EVP_CIPHER_CTX_free>>;

unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

void need(bool done) {
  if (done) return;
  std::array<char, 256> said{};
  ERR_error_string_n(ERR_get_error(), said.data(), said.size());
  throw Error(ErrorCode::internal, "cannot seal the value: OpenSSL refuses", {}, said.data());
}

/// AES-256-GCM with a nonce of zeros (the key is used once), the tag at its end.
std::string encrypt(std::string_view value, std::string_view key) {
  const CipherContext context(EVP_CIPHER_CTX_new());
  const std::array<unsigned char, nonce_bytes> nonce{};
  need(context && EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes(key), nonce.data()) == 1);
  std::string sealed(value.size() + tag_bytes, '\0');
  int length = 0, rest = 0;
  need(EVP_EncryptUpdate(context.get(), bytes(sealed), &length, bytes(value), static_cast<int>(value.size())) == 1);
  need(EVP_EncryptFinal_ex(context.get(), bytes(sealed) + length, &rest) == 1);
  need(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_bytes, bytes(sealed) + value.size()) == 1);
  return sealed;
}

}  // namespace

struct Certificate::Parsed {
  std::string what;
  X509Pointer certificate;
};

Certificate Certificate::read(const std::string& pem, const std::string& what) {
  const Bio source(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  X509Pointer certificate(PEM_read_bio_X509(source.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  const auto* key = certificate ? X509_get0_pubkey(certificate.get()) : nullptr;
  if (!certificate)
    throw Error(ErrorCode::bad_config, "cannot use " + what + ": it holds no certificate in PEM format",
                "gf seal certificate prints the cluster's");
  if (!key || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA)
    throw Error(ErrorCode::bad_config, "cannot use " + what + ": its key is not RSA",
                "gf seal certificate prints the cluster's");
  return Certificate(std::make_shared<const Parsed>(what, std::move(certificate)));
}

void Certificate::need_valid(double now, const std::string& remedy) const {
  std::tm parts{};
  need(ASN1_TIME_to_tm(X509_get0_notAfter(parsed_->certificate.get()), &parts) == 1);
  if (now <= static_cast<double>(::timegm(&parts))) return;
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%F", &parts);
  throw Error(ErrorCode::bad_config, "cannot use " + parsed_->what + ": it expired on " + text.data(), remedy);
}

/// RSA-OAEP with SHA-256.
std::string Certificate::encrypt_key(std::string_view key, const std::string& label) const {
  const KeyContext context(EVP_PKEY_CTX_new(X509_get0_pubkey(parsed_->certificate.get()), nullptr));
  need(context && EVP_PKEY_encrypt_init(context.get()) == 1);
  need(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) == 1);
  need(EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), EVP_sha256()) == 1);
  need(EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), EVP_sha256()) == 1);
  if (!label.empty()) {
    void* copy = OPENSSL_memdup(label.data(), label.size());  // the context frees it
    need(copy && EVP_PKEY_CTX_set0_rsa_oaep_label(context.get(), copy, static_cast<int>(label.size())) == 1);
  }
  std::size_t length = 0;
  need(EVP_PKEY_encrypt(context.get(), nullptr, &length, bytes(key), key.size()) == 1);
  std::string encrypted(length, '\0');
  need(EVP_PKEY_encrypt(context.get(), bytes(encrypted), &length, bytes(key), key.size()) == 1);
  encrypted.resize(length);
  return encrypted;
}

std::string Certificate::seal(std::string_view value, const std::string& label) const {
  std::string key(session_key_bytes, '\0');
  need(RAND_bytes(bytes(key), static_cast<int>(key.size())) == 1);
  const auto encrypted = encrypt_key(key, label);
  std::string whole;
  whole += static_cast<char>(encrypted.size() >> 8);
  whole += static_cast<char>(encrypted.size() & 0xff);
  whole += encrypted + encrypt(value, key);
  OPENSSL_cleanse(key.data(), key.size());
  return kube::base64_encode(whole);
}

}  // namespace gf::seal

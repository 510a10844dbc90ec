#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <ctime>

#include "kube/base64.hpp"
#include "protocol/error.hpp"
#include "unit/seal/sealing_key.hpp"

namespace gf::test {

namespace {

const SealingKey& key() {
  static const SealingKey made("RSA");
  return made;
}

}  // namespace

TEST_CASE("a sealed value is read with its key and its label only") {
  const auto certificate = seal::Certificate::read(key().certificate(3600), "the certificate");
  const SealingKey other("RSA");
  for (const std::string label : {"shop/db", "shop", ""})
    for (const std::string& value :
         {std::string(), std::string("s3cret"), std::string("\0\xff\n", 3), std::string(100'000, 'x')}) {
      const auto sealed = certificate.seal(value, label);
      CHECK(key().unseal(sealed, label) == value);
      CHECK_FALSE(key().unseal(sealed, label + "x"));
      CHECK_FALSE(other.unseal(sealed, label));
    }
}

TEST_CASE("sealing twice gives two texts, of the layout that the controller reads") {
  const auto certificate = seal::Certificate::read(key().certificate(3600), "the certificate");
  const auto one = certificate.seal("abc", "a/b");
  CHECK(one != certificate.seal("abc", "a/b"));
  const auto raw = kube::base64_decode(one);
  CHECK(raw.size() == 2 + 256 + 3 + 16);  // length, encrypted session key, value, tag
  CHECK(raw.substr(0, 2) == std::string("\x01\x00", 2));
}

TEST_CASE("a damaged value is not read") {
  const auto certificate = seal::Certificate::read(key().certificate(3600), "the certificate");
  auto raw = kube::base64_decode(certificate.seal("abc", "a/b"));
  raw.back() = static_cast<char>(raw.back() ^ 1);
  CHECK_FALSE(key().unseal(kube::base64_encode(raw), "a/b"));
}

TEST_CASE("an expired certificate is refused with its day and the remedy") {
  const auto certificate = seal::Certificate::read(key().certificate(3600), "cert.pem");
  const auto now = static_cast<double>(std::time(nullptr));
  certificate.need_valid(now + 3500, "");
  try {
    certificate.need_valid(now + 100'000, "gf seal rotate");
    FAIL("it counts as valid");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::bad_config);
    CHECK(error.message().starts_with("cannot use cert.pem: it expired on 20"));
    CHECK(error.hint() == "gf seal rotate");
  }
}

TEST_CASE("what is no certificate of an RSA key is refused") {
  auto message = [](const std::string& text) -> std::string {
    try {
      seal::Certificate::read(text, "cert.pem");
    } catch (const Error& error) {
      return error.message();
    }
    return {};
  };
  CHECK(message("") == "cannot use cert.pem: it holds no certificate in PEM format");
  CHECK(message("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n") ==
        "cannot use cert.pem: it holds no certificate in PEM format");
  CHECK(message(SealingKey("EC").certificate(3600)) == "cannot use cert.pem: its key is not RSA");
}

}  // namespace gf::test

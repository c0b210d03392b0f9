#include "digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <stdexcept>

namespace edgewise {

namespace {

std::string hex(const unsigned char* bytes, std::size_t count, const char* digits) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    out += digits[bytes[i] >> 4];
    out += digits[bytes[i] & 15];
  }
  return out;
}

/// Large enough that guessing costs, small enough for a board: some 50 ms there.
constexpr int seal_rounds = 100000;
constexpr std::size_t salt_B = 16;

/// The salt in hexadecimal digits, a dollar sign, the hash.
std::string sealed_with(const std::string& salt, std::string_view secret) {
  std::array<unsigned char, 32> key;
  if (PKCS5_PBKDF2_HMAC(secret.data(), static_cast<int>(secret.size()),
                        reinterpret_cast<const unsigned char*>(salt.data()), static_cast<int>(salt.size()), seal_rounds,
                        EVP_sha256(), static_cast<int>(key.size()), key.data()) != 1)
    throw std::runtime_error("libcrypto has no PBKDF2");
  return salt + "$" + hex(key.data(), key.size(), "0123456789abcdef");
}

}  // namespace

std::string sha256(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("libcrypto has no SHA-256");
  return hex(digest.data(), size, "0123456789abcdef");
}

std::string base64(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // libcrypto ends it with a zero
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::string from_base64(std::string_view text) {
  std::string clean;
  for (const char c : text)
    if (c != '\n' && c != '\r') clean += c;
  std::string out(3 * (clean.size() / 4), '\0');
  const int size = clean.size() % 4 == 0 ? EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                                           reinterpret_cast<const unsigned char*>(clean.data()),
                                                           static_cast<int>(clean.size()))
                                         : -1;
  if (size < 0) return {};
  // The padding was decoded as zeros.
  std::size_t padding = 0;
  while (padding < 2 && padding < clean.size() && clean[clean.size() - 1 - padding] == '=') ++padding;
  out.resize(static_cast<std::size_t>(size) - padding);
  return out;
}

std::string seal(std::string_view secret) {
  std::array<unsigned char, salt_B> salt;
  if (RAND_bytes(salt.data(), static_cast<int>(salt.size())) != 1)
    throw std::runtime_error("libcrypto has no random numbers");
  return sealed_with(hex(salt.data(), salt.size(), "0123456789abcdef"), secret);
}

bool unseals(std::string_view sealed, std::string_view secret) {
  const auto end = sealed.find('$');
  if (end == std::string_view::npos) return false;
  const std::string again = sealed_with(std::string(sealed.substr(0, end)), secret);
  return again.size() == sealed.size() && CRYPTO_memcmp(again.data(), sealed.data(), again.size()) == 0;
}

std::string percent_encoded(std::string_view text, std::string_view keep) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       std::string_view("-._~").find(c) != std::string_view::npos ||
                       keep.find(c) != std::string_view::npos;
    const auto byte = static_cast<unsigned char>(c);
    out += plain ? std::string(1, c) : "%" + hex(&byte, 1, "0123456789ABCDEF");
  }
  return out;
}

}  // namespace edgewise

#include "tsdb/index/label_hash.h"

#include <xxhash.h>

#include <array>
#include <random>

namespace tidemark::tsdb {
namespace {

constexpr size_t kSecretBytes = 192;
static_assert(kSecretBytes >= XXH3_SECRET_SIZE_MIN, "xxHash refuses shorter secrets");

std::array<uint8_t, kSecretBytes> MakeSecret() {
  std::random_device device;
  std::array<uint8_t, kSecretBytes> secret;
  for (uint8_t& byte : secret) byte = static_cast<uint8_t>(device());
  return secret;
}

}  // namespace

LabelHash HashLabels(std::string_view packed, LabelHash tenant) {
  static const std::array<uint8_t, kSecretBytes> secret = MakeSecret();
  const XXH128_hash_t hash =
      XXH3_128bits_withSecret(packed.data(), packed.size(), secret.data(), secret.size());
  return {hash.low64 ^ tenant.low, hash.high64 ^ tenant.high};
}

LabelHash TenantSalt(std::string_view tenant_name) { return HashLabels(tenant_name, {}); }

}  // namespace tidemark::tsdb

#include "tsdb/index/label_hash.h"

#include <xxhash.h>

#include <array>
#include <random>
#include <string>

#include "tsdb/base/check.h"
#include "tsdb/base/varint.h"

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

// Protobuf's tags of fields 1 and 2 with a length (proto/remote.proto): a label
// in its series, its name, its value.
constexpr char kLabelTag = 0x0a;
constexpr char kNameTag = 0x0a;
constexpr char kValueTag = 0x12;

// The bytes that packed labels have in a remote-write request.
void EncodeLabels(std::string_view packed, std::string& out) {
  out.clear();
  std::string_view name;
  std::string_view value;
  while (!packed.empty()) {
    CHECK(ReadLengthPrefixed(packed, name) && ReadLengthPrefixed(packed, value),
          "packed labels are cut short");
    out.push_back(kLabelTag);
    AppendVarint(
        out, 2 + VarintBytes(name.size()) + name.size() + VarintBytes(value.size()) + value.size());
    out.push_back(kNameTag);
    AppendLengthPrefixed(out, name);
    out.push_back(kValueTag);
    AppendLengthPrefixed(out, value);
  }
}

}  // namespace

LabelHash HashLabels(std::string_view packed, LabelHash tenant) {
  thread_local std::string encoded;
  EncodeLabels(packed, encoded);
  return HashEncodedLabels(encoded, tenant);
}

LabelHash HashEncodedLabels(std::string_view encoded, LabelHash tenant) {
  static const std::array<uint8_t, kSecretBytes> secret = MakeSecret();
  const XXH128_hash_t hash =
      XXH3_128bits_withSecret(encoded.data(), encoded.size(), secret.data(), secret.size());
  return {hash.low64 ^ tenant.low, hash.high64 ^ tenant.high};
}

LabelHash TenantSalt(std::string_view tenant_name) { return HashEncodedLabels(tenant_name, {}); }

}  // namespace tidemark::tsdb

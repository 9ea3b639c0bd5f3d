// LabelHash: 128 bits that stand for one series of one tenant in memory.
//
// Keyed with a secret of this process: nobody outside can look for two series
// with the same hash, and by chance it does not happen, so labels are not
// compared again after a match.  Never stored.
//
// It is a hash of the labels as remote write encodes them, sorted by name.  Most
// senders write just these bytes, so that a series they sent before is found
// without decoding what they sent; other bytes hash to something that is in no
// table, and are decoded.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

namespace tidemark::tsdb {

struct LabelHash {
  uint64_t low = 0;
  uint64_t high = 0;
  bool operator==(const LabelHash&) const = default;

  // The bits are random already.
  template <typename H>
  friend H AbslHashValue(H h, const LabelHash& hash) {
    return H::combine(std::move(h), hash.low);
  }
};

// Of Labels::packed(); `tenant` is TenantSalt of the tenant's name, so that all
// tenants share a table.
LabelHash HashLabels(std::string_view packed, LabelHash tenant);
// Of labels in the bytes of a remote-write request.  Equals HashLabels of the
// same labels if they are sorted, none is empty, and all is written as protobuf's
// own encoders write it.
LabelHash HashEncodedLabels(std::string_view encoded, LabelHash tenant);
LabelHash TenantSalt(std::string_view tenant_name);

}  // namespace tidemark::tsdb

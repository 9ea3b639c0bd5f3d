// SeriesCatalog: the stored records of series, by id and by labels.
//
// A series that left the memory gets its old id back when a sample for it comes
// again: by a hash of its labels.  The hash is keyed with a secret of the
// database, so that nobody outside can look for two series with the same one,
// and 128 bits, so that it does not happen by chance: labels are not compared.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tsdb/base/status.h"
#include "tsdb/index/series.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

// Threads: all functions but Open may be called from any thread.
class SeriesCatalog {
 public:
  static constexpr size_t kSecretBytes = 192;

  // The store must outlive this.
  explicit SeriesCatalog(Store& store) : store_(store) {}

  // Reads the secret, or makes one.  A database of a version that kept no hashes
  // gets them.
  Status Open();

  struct Entry {
    SeriesId id;
    std::string_view packed;  // labels
  };
  // Writes both records of each series, in the order of their keys: RocksDB's
  // memtable takes those that come in order at half the price.  Sorts `series`.
  void Put(WriteBatch& batch, TenantId tenant, std::span<Entry> series) const;
  // Removes both.
  void Delete(WriteBatch& batch, TenantId tenant, SeriesId id, std::string_view packed) const;

  // The id that the series of these labels has, if it ever had one.
  StatusOr<std::optional<SeriesId>> Find(TenantId tenant, std::string_view packed) const;

 private:
  std::string KeyOf(TenantId tenant, std::string_view packed) const;
  Status ReadSecret(std::string_view stored);
  Status MakeSecret();
  Status HashStoredSeries(WriteBatch& batch) const;

  Store& store_;
  std::array<uint8_t, kSecretBytes> secret_{};
};

}  // namespace tidemark::tsdb

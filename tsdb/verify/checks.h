// What is checked in each family.  Each function reads its whole family, adds a
// finding for everything that is not as docs/formats.md says, and stops only
// where RocksDB cannot read on.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "tsdb/store/keys.h"
#include "tsdb/store/store.h"
#include "tsdb/verify/findings.h"

namespace tidemark::tsdb {

struct VerifyContext {
  const Store& store;
  Findings& findings;
  VerifyCounts& counts;

  // Filled by CheckCatalog, for the cross references of the others.
  std::map<TenantId, std::string> tenants;
  absl::flat_hash_set<std::pair<TenantId, SeriesId>> series;
  // Filled by CheckJournal: no run may say that it holds later records.
  uint64_t next_sequence = 1;

  bool Knows(TenantId tenant, SeriesId id) const { return series.contains({tenant, id}); }
};

// Keys, names and labels decode; every series' tenant is known; no two series of
// a tenant have the same labels; a metric has one ordinal.
void CheckCatalog(VerifyContext& context);
// Records decode, name known series, and none is missing that a later one
// vouches for.
void CheckJournal(VerifyContext& context);
// Keys decode, lie in the partition of their time, and name known series; runs
// have the checksum and the samples that they say, inside their block, in order.
void CheckRaw(VerifyContext& context);
// Keys and blocks decode, name known series, and windows lie in the time of their key; of
// every series and day with samples, unless it is marked to be made again, the
// aggregates are what the samples come to.
void CheckTiers(VerifyContext& context);
// Marks, exemplars and metadata decode and name known series and tenants.
void CheckMeta(VerifyContext& context);

// One block's run list: "" or what is wrong with it.  Counts runs and samples.
std::string CheckRunList(const RawKey& key, std::string_view list, uint64_t next_sequence,
                         VerifyCounts& counts);

}  // namespace tidemark::tsdb

// The state of an Aggregator as the storage keeps it.  Layouts: docs/formats.md,
// "Sums of folded series".
//
//   'h'                 the seed of the ids
//   'o' | id <u128>     an output
//   'p' | number <u32>  a page of inputs
//
// Inputs that came first in one request mostly come together again: a record of
// several costs the storage a fraction of what one each does.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/aggregate/fold_state.h"
#include "tsdb/base/status.h"

namespace tidemark::server {

inline constexpr char kSeedRecord = 'h';
inline constexpr char kOutputRecord = 'o';
inline constexpr char kPageRecord = 'p';

std::string SeedKey();
std::string OutputKey(const FoldId& id);
std::string PageKey(uint32_t page);
// False when the bytes are no such key; `id` and `page` are what the record has.
struct FoldKey {
  char record = 0;
  FoldId id;
  uint32_t page = 0;
};
bool DecodeFoldKey(std::string_view bytes, FoldKey& key);

std::string EncodeSeed(uint64_t seed);
std::string EncodeOutput(const FoldOutput& output);
// Appends one input to a page.
void AppendInput(std::string& page, const FoldInput& input);

//   kDataLoss  not what was encoded
StatusOr<uint64_t> DecodeSeed(std::string_view bytes);
// Without its id.
StatusOr<FoldOutput> DecodeOutput(std::string_view bytes);
struct StoredInput {
  FoldInput input;  // without its output
  FoldId output;
  bool histograms = false;  // what it has
  bool gauges = false;
};
StatusOr<std::vector<StoredInput>> DecodePage(std::string_view bytes);

}  // namespace tidemark::server

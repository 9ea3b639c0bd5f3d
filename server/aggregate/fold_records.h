// The state of an Aggregator as the storage keeps it.  Layouts: docs/formats.md,
// "Sums of folded series".
//
//   'h'              the seed of the ids
//   'o' | id <u128>  an output
//   'i' | id <u128>  an input
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "server/aggregate/fold_state.h"
#include "tsdb/base/status.h"

namespace tidemark::server {

inline constexpr char kSeedRecord = 'h';
inline constexpr char kOutputRecord = 'o';
inline constexpr char kInputRecord = 'i';

std::string FoldKey(char record, const FoldId& id);
// False when the bytes are no such key.
bool DecodeFoldKey(std::string_view bytes, char& record, FoldId& id);

std::string EncodeSeed(uint64_t seed);
std::string EncodeOutput(const FoldOutput& output);
std::string EncodeInput(const FoldInput& input);

//   kDataLoss  not what was encoded
StatusOr<uint64_t> DecodeSeed(std::string_view bytes);
// Without its id.
StatusOr<FoldOutput> DecodeOutput(std::string_view bytes);
// `output`: of the input; the rest is read once that is known.
StatusOr<FoldId> DecodeInputOutput(std::string_view bytes);
StatusOr<FoldInput> DecodeInput(std::string_view bytes, const FoldOutput& output);

}  // namespace tidemark::server

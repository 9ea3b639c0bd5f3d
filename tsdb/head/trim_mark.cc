#include "tsdb/head/trim_mark.h"

#include "tsdb/base/coding.h"
#include "tsdb/store/keys.h"

namespace tidemark::tsdb {

StatusOr<uint64_t> ReadTrimMark(const Store& store) {
  uint64_t first = 1;
  ASSIGN_OR_RETURN(const auto stored, store.Get(Family::kMeta, TrimKey()));
  if (!stored) return first;
  std::string_view in = *stored;
  if (!ReadBigEndian(in, first)) return DataLoss("the journal's trim mark is damaged");
  return first;
}

}  // namespace tidemark::tsdb

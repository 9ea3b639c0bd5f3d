#include "tsdb/store/widen_blocks.h"

#include <cstddef>
#include <memory>

#include "tsdb/store/keys.h"

namespace tidemark::tsdb {
namespace {

constexpr size_t kBatchBytes = 1 << 20;

Status WriteAndClear(Store& store, WriteBatch& batch) {
  RETURN_IF_ERROR(store.Write(batch, WriteMode::kWithoutLog));
  batch.Clear();
  return OkStatus();
}

}  // namespace

Status WidenBlocks(Store& store) {
  const std::unique_ptr<StoreIterator> it = store.NewIterator(Family::kRaw);
  const std::unique_ptr<WriteBatch> batch = store.NewBatch();
  for (it->Seek(""); it->Valid(); it->Next()) {
    RawKey key;
    // What is no key stays for `tidemark verify` to find.
    if (!DecodeRawKey(it->key(), key) || BlockEnd(key.block_end) == key.block_end) continue;
    key.block_end = BlockEnd(key.block_end);
    // No block of four hours holds a time that another one has: any order will do.
    batch->Merge(Family::kRaw, EncodeRawKey(key), it->value());
    batch->Delete(Family::kRaw, it->key());
    if (batch->size_bytes() > kBatchBytes) RETURN_IF_ERROR(WriteAndClear(store, *batch));
  }
  RETURN_IF_ERROR(it->status());
  RETURN_IF_ERROR(WriteAndClear(store, *batch));
  const Family raw[] = {Family::kRaw};
  return store.Flush(raw);
}

}  // namespace tidemark::tsdb

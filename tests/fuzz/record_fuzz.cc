// Any bytes as what stands in the journal, the catalog and meta: an error, or a
// record that can be used.
#include <cstdlib>
#include <string_view>

#include "tsdb/index/presence.h"
#include "tsdb/store/journal_record.h"
#include "tsdb/store/keys.h"
#include "tsdb/store/meta_records.h"

using namespace tidemark;
using namespace tidemark::tsdb;

namespace {

constexpr uint64_t kSequence = 1'000'000;

void Require(bool condition) {
  if (!condition) std::abort();
}

// A sample takes some bits at least: no short record asks for much memory.
void CheckJournal(std::string_view bytes) {
  const auto record = DecodeJournalRecord(kSequence, bytes);
  if (!record.ok()) return;
  Require(record->durable <= kSequence);
  Require(record->floats.size() <= 64 * bytes.size());
  Require(record->histograms.size() <= bytes.size());
  Require(record->float_starts.empty() || record->float_starts.size() == record->floats.size());
  Require(record->histogram_starts.empty() ||
          record->histogram_starts.size() == record->histograms.size());
  for (const auto& sample : record->floats) record->StartOf(sample);
  for (const auto& sample : record->histograms) record->StartOf(sample);
}

void CheckLabels(std::string_view bytes) {
  const auto labels = Labels::FromPacked(bytes);
  Require(!labels.ok() || labels->packed() == bytes);
}

void CheckMeta(std::string_view bytes) {
  const auto metadata = DecodeMetadata(bytes);
  Require(!metadata.ok() || DecodeMetadata(EncodeMetadata(*metadata)).ok());
  DecodeExemplar(0, bytes).IgnoreError();
  Roaring counters;
  DecodePresence(bytes, counters).IgnoreError();
}

void CheckKey(std::string_view bytes) {
  RawKey key;
  if (DecodeRawKey(bytes, key)) Require(EncodeRawKey(key) == bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  CheckJournal(input);
  CheckLabels(input);
  CheckMeta(input);
  CheckKey(input);
  return 0;
}

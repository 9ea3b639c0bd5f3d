// Encoded runs: chunks as they are stored.  A run is a header, a chunk and a
// checksum over both; a *run list* is runs one after another, the value that the
// store keeps per series and block.
//
//   std::string value;
//   AppendRun(value, chunk.view(), {chunk.min_t(), chunk.max_t(), sequence});
//   ...
//   RunListIterator it(std::move(value));      // a SampleIterator
//   while (it.Next()) Use(it.run());
//   RETURN_IF_ERROR(it.status());
//
// In a run list that UnionRuns made (tsdb/chunk/run_union.h), or that was
// appended in time order, runs ascend in time without overlap; runs that could
// not be read are at its end.  Layout: docs/formats.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "tsdb/base/status.h"
#include "tsdb/chunk/chunk.h"
#include "tsdb/model/sample_iterator.h"

namespace tidemark::tsdb {

// What a header says beside codec, count and lengths.
struct RunInfo {
  int64_t min_t = 0;  // of its samples, both inclusive; milliseconds since the Unix epoch
  int64_t max_t = 0;
  uint64_t sequence = 0;  // the last journal record that is part of it
  uint8_t flags = 0;      // conflict policy; 0: the first value wins.  Others are reserved.
};

// A run whose header was read and whose checksum holds.  Views the bytes it
// was read from.
struct EncodedRun {
  RunInfo info;
  ChunkView chunk;
  std::string_view bytes;  // header, chunk and checksum
};

// Appends a run of the samples in `chunk`; info.min_t and info.max_t are those of
// the first and the last of them.
void AppendRun(std::string& out, const ChunkView& chunk, const RunInfo& info);

// Reads the run at the front of `in` and moves past it.  One of Codec::kOpaque is
// a run too: its chunk is what could not be read.
//   kDataLoss  cut, of an unknown version or codec, or its checksum is wrong;
//              `in` stays where it was
StatusOr<EncodedRun> ReadRun(std::string_view& in);

// The samples of a run list.  Runs are checked when they are reached: status()
// is kDataLoss after all that could be read was handed out, if the list holds
// anything that could not, and where runs overlap.
//
// Threads: one.
class RunListIterator : public SampleIterator {
 public:
  // Owns the bytes.
  explicit RunListIterator(std::string list);
  RunListIterator(const RunListIterator&) = delete;
  RunListIterator& operator=(const RunListIterator&) = delete;

  bool Next() override;
  // Runs that end before `t` are not decoded, and of sealed runs of floats only
  // the group of 64 samples that `t` is in.
  bool Seek(int64_t t) override;
  const SampleRun& run() const override { return run_; }
  Status status() const override { return status_; }

 private:
  bool NextBatch();
  bool OpenRun(int64_t from);
  bool Fail(const Status& status);

  const std::string list_;
  std::string_view rest_;  // of list_: the runs not opened yet
  std::unique_ptr<ChunkDecoder> decoder_;
  int64_t decoder_max_t_ = 0;
  bool opened_any_ = false;
  SampleRun run_;
  Status status_;
};

}  // namespace tidemark::tsdb

// Encoded runs: chunks as they are stored.  A run is a header, a chunk and a
// checksum over both; a *run list* is runs one after another, the value that the
// store keeps per series and block.  A *cut* stands among them for an interval
// that was deleted.
//
//   std::string value;
//   AppendRun(value, chunk.view(), {chunk.min_t(), chunk.max_t(), sequence});
//   ...
//   RunListIterator it(std::move(value));      // a SampleIterator
//   while (it.Next()) Use(it.run());
//   RETURN_IF_ERROR(it.status());
//
// The order of a list is that of its writing: what comes later decides about what
// came before it (RunInfo::flags, AppendCut).  In a list that UnionRuns made
// (tsdb/chunk/run_union.h) cuts are at the front, then runs that ascend in time
// without overlap, and at the end runs that could not be read.
// Layout: docs/formats.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tsdb/base/status.h"
#include "tsdb/chunk/chunk.h"
#include "tsdb/chunk/start_column.h"
#include "tsdb/model/sample_iterator.h"

namespace tidemark::tsdb {

// A flag of a run: its samples replace what was written before them at their
// times.  Without it, what was written before stays.
inline constexpr uint8_t kLastWins = 0x01;

// What a header says beside codec, count and lengths.
struct RunInfo {
  int64_t min_t = 0;  // of its samples, both inclusive; milliseconds since the Unix epoch
  int64_t max_t = 0;
  uint64_t sequence = 0;  // the last journal record that is part of it
  uint8_t flags = 0;      // kLastWins; other bits are reserved, and kept
};

// The times (after, until], in milliseconds since the Unix epoch.
struct CutInterval {
  int64_t after = 0;
  int64_t until = 0;
};

// A run whose header was read and whose checksum holds.  Views the bytes it
// was read from.
struct EncodedRun {
  RunInfo info;
  ChunkView chunk;
  std::string_view starts;  // of the samples (tsdb/chunk/start_column.h); mostly empty
  std::string_view bytes;   // header, chunk, starts and checksum
};

// Appends a run of the samples in `chunk`; info.min_t and info.max_t are those of
// the first and the last of them.  `starts`: a column of their start times, or
// empty.
void AppendRun(std::string& out, const ChunkView& chunk, const RunInfo& info,
               std::string_view starts = {});

// Appends a cut: of all that was written before it, in this list and in older
// ones, the samples in the interval are gone; later ones are not touched.  Where
// nothing is in the interval, nothing is appended.  `sequence`: as in RunInfo.
//
// A reader passes over it, so that a list with a cut that is not at its front is
// for UnionRuns, not for RunListIterator.
void AppendCut(std::string& out, const CutInterval& cut, uint64_t sequence);

// Reads the run at the front of `in` and moves past it.  One of Codec::kOpaque is
// a run too: its chunk is what could not be read.  So is one of Codec::kCut: it
// is empty, and min_t and max_t are the first and the last millisecond cut out.
//   kDataLoss  cut, of an unknown version or codec, or its checksum is wrong;
//              `in` stays where it was
StatusOr<EncodedRun> ReadRun(std::string_view& in);

// The samples of a run list; cuts are none.  Runs are checked when they are reached: status()
// is kDataLoss after all that could be read was handed out, if the list holds
// anything that could not, and where runs overlap.
//
// Threads: one.
class RunListIterator : public SampleIterator {
 public:
  // Owns the bytes.  `start_times`: fill SampleRun::start, too; then runs that
  // have starts are decoded whole.
  explicit RunListIterator(std::string list, bool start_times = false);
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
  bool ReadStarts();
  bool OpenRun(int64_t from);
  bool Fail(const Status& status);

  const std::string list_;
  const bool start_times_;
  std::string_view rest_;  // of list_: the runs not opened yet
  std::unique_ptr<ChunkDecoder> decoder_;
  int64_t decoder_max_t_ = 0;
  bool opened_any_ = false;
  bool reads_starts_ = false;  // of the open run
  StartReader start_reader_;
  std::vector<int64_t> starts_;
  SampleRun run_;
  Status status_;
};

}  // namespace tidemark::tsdb

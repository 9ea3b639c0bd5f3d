// Start columns: beside the samples of a chunk, when the sender began to count
// each of them (OpenMetrics' created timestamp, remote write 2.0's start
// timestamp).  Mostly that is one time for many samples, or the time of the
// sample before (delta temporality): either is a few bytes for a whole chunk.
//
//   StartWriter starts;
//   starts.Add(i, t, start);                   // the samples that have one
//   ...
//   StartReader reader(starts.Finish());
//   for (const int64_t t : times) Use(reader.Next(t));
//
// Any int64 but 0, which means "not known", comes back.  Layout: docs/formats.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tidemark::tsdb {

// On disk, in the low bits of an entry.
enum class StartMode : uint8_t {
  kNone = 0,    // no starts
  kSame = 1,    // all of them the same
  kBefore = 2,  // each the time of the sample before it
};

// Threads: one.
class StartWriter {
 public:
  // Sample `index` of the chunk, at `t`, began at `start`, which is not 0.
  // Indices ascend; samples that are left out have no start.
  void Add(uint32_t index, int64_t t, int64_t start);
  bool empty() const { return next_ == 0; }
  // The column; empty when no sample has a start.
  std::string Finish() const;
  // Bytes in memory, for budgets.
  size_t SizeBytes() const { return sizeof(*this) + bytes_.capacity(); }

 private:
  void Flush(std::string& out) const;

  std::string bytes_;  // all entries but the open one
  StartMode mode_ = StartMode::kNone;
  uint32_t repeat_ = 0;  // samples of the open entry
  int64_t change_ = 0;   // of an open entry of kSame
  int64_t start_ = 0;    // of the last sample that had one
  uint32_t next_ = 0;    // the index after its
  int64_t last_t_ = 0;   // its time
};

// Reads bytes that nobody has checked.  Views them.
//
// Threads: one.
class StartReader {
 public:
  explicit StartReader(std::string_view column = {}) : in_(column) {}

  // The start of the next sample, whose time is `t`; 0: not known.
  int64_t Next(int64_t t);
  // False when the column is damaged: what comes after that has no starts.
  bool ok() const { return ok_; }

 private:
  bool Open();

  std::string_view in_;  // entries that are not open yet
  StartMode mode_ = StartMode::kNone;
  uint64_t left_ = 0;   // samples of the open entry
  int64_t start_ = 0;   // as in the writer
  int64_t before_ = 0;  // the time of the sample before
  bool ok_ = true;
};

}  // namespace tidemark::tsdb

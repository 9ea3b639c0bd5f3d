// Any bytes as a chunk, and as a list of runs: an error, or samples in order.
//
// The input: a byte for the codec, two for the count (big-endian), the chunk.
#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

#include "tsdb/base/coding.h"
#include "tsdb/chunk/column_chunk.h"
#include "tsdb/chunk/encoded_run.h"
#include "tsdb/chunk/run_union.h"

using namespace tidemark;
using namespace tidemark::tsdb;

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

// A reader that skips to a time finds it, if all can be read.
void CheckSkip(const ChunkView& chunk, int64_t t) {
  const auto decoder = NewChunkDecoder(chunk);
  bool found = false;
  decoder->Skip(t);
  while (decoder->Next()) {
    for (const int64_t time : decoder->run().t) found |= time == t;
  }
  Require(found || !decoder->status().ok());
}

// A sound chunk with a sample more is sound, too.
void CheckExtend(const ChunkView& chunk, int64_t last) {
  if (last == std::numeric_limits<int64_t>::max()) return;
  const int64_t t = last + 1;
  const double v = 1;
  const auto extended = ExtendFloats(chunk, {&t, 1}, {&v, 1});
  if (!extended) return;
  uint64_t samples = 0;
  const auto decoder = NewChunkDecoder(extended->view());
  while (decoder->Next()) samples += decoder->run().size();
  Require(decoder->status().ok() && samples == uint64_t{chunk.count} + 1);
}

uint64_t CountSamples(const ChunkView& chunk) {
  uint64_t samples = 0;
  int64_t last = 0;
  std::vector<int64_t> times;
  const auto decoder = NewChunkDecoder(chunk);
  while (decoder->Next()) {
    const SampleRun& run = decoder->run();
    Require(run.size() == (run.is_float() ? run.v.size() : run.h.size()));
    for (const int64_t t : run.t) {
      Require(samples == 0 || t > last);
      last = t;
      ++samples;
      times.push_back(t);
    }
    for (const FloatHistogram& h : run.h)
      Require(h.AllBuckets().size() <= 2 * chunk.bytes.size() + 1);
  }
  Require(samples == chunk.count || !decoder->status().ok());
  if (samples > 0 && decoder->status().ok()) {
    CheckSkip(chunk, times[times.size() / 2]);
    CheckExtend(chunk, last);
  }
  return samples;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  std::string_view rest = input;
  uint8_t codec;
  uint16_t count;
  if (!ReadBigEndian(rest, codec) || !ReadBigEndian(rest, count)) return 0;
  const ChunkView chunk{static_cast<Codec>(codec), count, rest};
  const uint64_t samples = CountSamples(chunk);

  // United with itself moved by a bit of nothing: what can be read stays, if the
  // input says no cut.
  std::string list;
  AppendRun(list, chunk, {0, 1000, 1});
  std::string later;
  AppendRun(later, chunk, {500, 2000, 2});
  const std::string_view lists[] = {list, input, later};
  UnionStats stats;
  const std::string all = UnionRuns(lists, &stats);
  Require(stats.samples + stats.cut >= samples);
  const std::string_view again[] = {all, all};
  UnionStats twice;
  UnionRuns(again, &twice);
  Require(twice.samples + twice.cut >= samples);
  return 0;
}

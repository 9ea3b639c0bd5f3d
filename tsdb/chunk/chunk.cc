#include "tsdb/chunk/chunk.h"

#include <fmt/format.h>

#include <utility>

#include "tsdb/chunk/column_decoder.h"
#include "tsdb/chunk/float_decoder.h"
#include "tsdb/chunk/histogram_columns_decoder.h"
#include "tsdb/chunk/histogram_decoder.h"

namespace tidemark::tsdb {
namespace {

// For what is not samples.
class FailedDecoder : public ChunkDecoder {
 public:
  explicit FailedDecoder(Status status) : status_(std::move(status)) {}
  bool Next() override { return false; }
  const SampleRun& run() const override { return run_; }
  Status status() const override { return status_; }

 private:
  Status status_;
  SampleRun run_;
};

}  // namespace

std::unique_ptr<ChunkDecoder> NewChunkDecoder(const ChunkView& chunk) {
  switch (chunk.codec) {
    case Codec::kXorFloat:
      return std::make_unique<FloatDecoder>(chunk);
    case Codec::kHistogram:
      return std::make_unique<HistogramDecoder>(chunk);
    case Codec::kColumnConstant:
    case Codec::kColumnDecimal:
    case Codec::kColumnXor:
    case Codec::kColumnScaled:
      return std::make_unique<ColumnDecoder>(chunk);
    case Codec::kColumnHistogram:
      return std::make_unique<HistogramColumnsDecoder>(chunk);
    case Codec::kOpaque:
    case Codec::kCut:
      break;
  }
  return std::make_unique<FailedDecoder>(
      DataLoss(fmt::format("codec {} is none of samples", static_cast<unsigned>(chunk.codec))));
}

}  // namespace tidemark::tsdb

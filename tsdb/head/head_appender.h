// HeadAppender: the Appender: checks and stages, and hands over to the
// Committer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tsdb/block/retention.h"
#include "tsdb/head/committer.h"
#include "tsdb/head/staged.h"
#include "tsdb/head/write_gate.h"
#include "tsdb/storage.h"

namespace tidemark::tsdb {

// What all appenders of a storage share; outlives them.
struct AppenderContext {
  size_t max_label_names;
  size_t max_label_name_bytes;
  size_t max_label_value_bytes;
  const RawRetention& retention;
  WriteGate& gate;
  Committer& committer;
};

// Threads: one.
class HeadAppender : public Appender {
 public:
  HeadAppender(const AppenderContext& context, std::string_view tenant);
  ~HeadAppender() override;

  StatusOr<SeriesRef> GetSeries(const Labels& labels) override;
  StatusOr<SeriesRef> GetEncodedSeries(std::string_view encoded, LabelDecoder& decoder) override;
  using Appender::Append;
  using Appender::AppendHistogram;
  using Appender::TakeHistogram;
  Status Append(SeriesRef series, const Sample& sample, int64_t start) override;
  Status AppendHistogram(SeriesRef series, int64_t t, const FloatHistogram& h,
                         int64_t start) override;
  Status TakeHistogram(SeriesRef series, int64_t t, FloatHistogram& h, int64_t start) override;
  Status AppendExemplar(SeriesRef series, const Exemplar& exemplar) override;
  Status SetMetadata(std::string_view metric, const Metadata& metadata) override;
  Status SetState(std::string key, std::optional<std::string> value) override;
  StatusOr<CommitReport> Commit() override;

 private:
  Status CheckLabels(const Labels& labels) const;
  Status CheckTime(int64_t t) const;

  const AppenderContext& context_;
  const RetentionMark& retention_;
  const LabelHash salt_;
  std::unique_ptr<StagedCommit> owned_;
  StagedCommit& staged_;
  LabelDecoder* decoder_ = nullptr;
};

}  // namespace tidemark::tsdb

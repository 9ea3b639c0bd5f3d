#include "tsdb/head/head_appender.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tsdb/base/check.h"

namespace tidemark::tsdb {
namespace {

// In messages: names and values can be long.
constexpr size_t kShown = 100;

std::string_view Shown(std::string_view s) { return s.substr(0, kShown); }

}  // namespace

HeadAppender::HeadAppender(const AppenderContext& context, std::string_view tenant)
    : context_(context),
      retention_(context.retention.Of(tenant)),
      salt_(TenantSalt(tenant)),
      owned_(StagedCommit::Make()),
      staged_(*owned_) {
  staged_.tenant = tenant;
  staged_.decode = [this](std::string_view encoded) -> StatusOr<Labels> {
    ASSIGN_OR_RETURN(Labels labels, decoder_->Decode(encoded));
    RETURN_IF_ERROR(CheckLabels(labels));
    return labels;
  };
}

HeadAppender::~HeadAppender() { StagedCommit::Recycle(std::move(owned_)); }

Status HeadAppender::CheckLabels(const Labels& labels) const {
  size_t n = 0;
  bool named = false;
  for (const LabelView label : labels) {
    ++n;
    named |= label.name == kMetricName;
    if (label.name.size() > context_.max_label_name_bytes) {
      return InvalidArgument(fmt::format("label name of {} bytes, at most {} are taken: {}…",
                                         label.name.size(), context_.max_label_name_bytes,
                                         Shown(label.name)));
    }
    if (label.value.size() > context_.max_label_value_bytes) {
      return InvalidArgument(fmt::format("value of label {} has {} bytes, at most {} are taken",
                                         Shown(label.name), label.value.size(),
                                         context_.max_label_value_bytes));
    }
  }
  if (!named) return InvalidArgument("series without a metric name");
  if (n > context_.max_label_names) {
    return InvalidArgument(fmt::format("series of metric {} has {} labels, at most {} are taken",
                                       Shown(labels.metric_name()), n, context_.max_label_names));
  }
  return OkStatus();
}

StatusOr<SeriesRef> HeadAppender::GetSeries(const Labels& labels) {
  RETURN_IF_ERROR(CheckLabels(labels));
  const std::string& packed = labels.packed();
  StagedSeries& staged = staged_.series.emplace_back();
  staged.hash = HashLabels(packed, salt_);
  staged_.SetLabels(staged, packed);
  return static_cast<SeriesRef>(staged_.series.size() - 1);
}

StatusOr<SeriesRef> HeadAppender::GetEncodedSeries(std::string_view encoded,
                                                   LabelDecoder& decoder) {
  if (encoded.empty()) return Appender::GetEncodedSeries(encoded, decoder);
  CHECK(decoder_ == nullptr || decoder_ == &decoder, "two decoders for one Appender");
  decoder_ = &decoder;
  StagedSeries& staged = staged_.series.emplace_back();
  staged.hash = HashEncodedLabels(encoded, salt_);
  staged.encoded = encoded;
  return static_cast<SeriesRef>(staged_.series.size() - 1);
}

Status HeadAppender::CheckTime(int64_t t) const {
  const int64_t oldest = retention_.oldest();
  if (t >= oldest) return OkStatus();
  return OutOfRange(fmt::format(
      "sample at {} ms is older than raw retention, which reaches back to {} ms", t, oldest));
}

Status HeadAppender::Append(SeriesRef series, const Sample& sample, int64_t start) {
  CHECK(series < staged_.series.size(), "a SeriesRef that GetSeries did not return");
  RETURN_IF_ERROR(CheckTime(sample.t));
  staged_.Use(series).floats.push_back({series, staged_.AddStart(start), sample.t, sample.v});
  return OkStatus();
}

Status HeadAppender::AppendHistogram(SeriesRef series, int64_t t, const FloatHistogram& h,
                                     int64_t start) {
  RETURN_IF_ERROR(CheckTime(t));
  RETURN_IF_ERROR(h.Validate());
  FloatHistogram copy = h;
  return TakeHistogram(series, t, copy, start);
}

Status HeadAppender::TakeHistogram(SeriesRef series, int64_t t, FloatHistogram& h, int64_t start) {
  CHECK(series < staged_.series.size(), "a SeriesRef that GetSeries did not return");
  RETURN_IF_ERROR(CheckTime(t));
  staged_.Stage(series, staged_.AddStart(start), t, h);
  return OkStatus();
}

Status HeadAppender::AppendExemplar(SeriesRef series, const Exemplar& exemplar) {
  CHECK(series < staged_.series.size(), "a SeriesRef that GetSeries did not return");
  RETURN_IF_ERROR(CheckTime(exemplar.t));
  staged_.Use(series);
  staged_.exemplars.push_back({series, exemplar});
  return OkStatus();
}

Status HeadAppender::SetMetadata(std::string_view metric, const Metadata& metadata) {
  if (metric.empty()) return InvalidArgument("metadata without a metric name");
  if (metric.size() > context_.max_label_value_bytes ||
      metadata.help.size() > context_.max_label_value_bytes ||
      metadata.unit.size() > context_.max_label_value_bytes) {
    return InvalidArgument(fmt::format("metadata of {}: longer than the {} bytes that are taken",
                                       Shown(metric), context_.max_label_value_bytes));
  }
  staged_.metadata.emplace_back(metric, metadata);
  return OkStatus();
}

Status HeadAppender::SetState(std::string key, std::optional<std::string> value) {
  staged_.states.emplace_back(std::move(key), std::move(value));
  return OkStatus();
}

StatusOr<CommitReport> HeadAppender::Commit() {
  const bool used = std::any_of(staged_.series.begin(), staged_.series.end(),
                                [](const StagedSeries& one) { return one.used; });
  if (!used && staged_.metadata.empty() && staged_.states.empty()) return CommitReport();
  RETURN_IF_ERROR(context_.gate.Check());
  return context_.committer.Commit(staged_);
}

}  // namespace tidemark::tsdb

#include "server/ingest/body_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "proto/raw_labels.h"
#include "proto/remote_write.h"
#include "proto/utf8.h"
#include "server/ingest/histogram_reader.h"
#include "server/ingest/metric_family.h"

namespace tidemark::server {
namespace {

using Item = proto::WriteRequestReader::Item;

// OpenMetrics 1.0, "Exemplars": names and values together, in code points.
constexpr size_t kMaxExemplarRunes = 128;

// Of a series that Commit did not create for a reason of its own.
constexpr Refusal kSeriesFault = Refusal::kLabelLimits;

size_t Runes(std::string_view utf8) {
  return static_cast<size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

size_t Runes(const tsdb::Labels& labels) {
  size_t runes = 0;
  for (const tsdb::LabelView l : labels) runes += Runes(l.name) + Runes(l.value);
  return runes;
}

tsdb::MetricType ReadMetricType(int32_t type) {
  const bool known = type >= 0 && type <= static_cast<int32_t>(tsdb::MetricType::kStateset);
  return known ? static_cast<tsdb::MetricType>(type) : tsdb::MetricType::kUnknown;
}

}  // namespace

Status BodyWriter::Write(std::string_view body) {
  proto::WriteRequestReader reader(body, proto::LabelMode::kRaw);
  while (status_.ok()) {
    const Item item = reader.Next();
    if (item == Item::kEnd) return reader.status();
    if (item == Item::kSeries) {
      WriteSeries(reader.series());
    } else {
      WriteMetadata(reader.metadata());
    }
  }
  return status_;
}

Status BodyWriter::WriteV2(std::string_view body, size_t max_written_bytes) {
  v2_.emplace(body, max_written_bytes);
  while (status_.ok() && v2_->Next()) {
    WriteSeries(v2_->series(), v2_->labels_fault());
    WriteMetadataV2();
  }
  return status_.ok() ? Status(v2_->status()) : status_;
}

void BodyWriter::WriteMetadataV2() {
  if (!v2_->metadata_fault().empty()) {
    ++received_.metadata;
    return Refuse(Refusal::kInvalidMetadata, 1, v2_->metadata_fault());
  }
  if (v2_->metadata() == nullptr) return;
  proto::MetadataView of_family = *v2_->metadata();
  of_family.metric = MetricFamily(of_family.metric, ReadMetricType(of_family.type));
  WriteMetadata(of_family);
}

// `fault`: why the series cannot be known, or "".
void BodyWriter::WriteSeries(const proto::SeriesView& view, std::string_view fault) {
  received_.floats += view.samples.size();
  received_.histograms += view.histograms.size();
  received_.exemplars += view.exemplars.size();
  view_ = &view;
  series_.reset();
  folds_ = false;
  passed_over_ = false;
  fold_.reset();
  series_refusal_.reset();
  series_refusal_detail_ = fault;
  series_refusal_label_.clear();
  if (!fault.empty()) {
    series_refusal_ = Refusal::kBadSymbolReference;
    if (view.samples.empty() && view.histograms.empty() && view.exemplars.empty()) {
      Refuse(*series_refusal_, 1, fault);
    }
  }
  for (const proto::SampleView& s : view.samples) WriteSample(s);
  for (const proto::HistogramView& h : view.histograms) WriteHistogram(h);
  for (const proto::ExemplarView& e : view.exemplars) WriteExemplar(e);
}

void BodyWriter::WriteSample(const proto::SampleView& sample) {
  if (!Admit(sample.t)) return;
  if (folds_) {
    folded_.Add(tsdb::Sample{sample.t, sample.value});
    return Accept(&IngestCounts::floats, sample.t);
  }
  const Status status =
      appender_.Append(*series_, tsdb::Sample{sample.t, sample.value}, sample.start);
  if (Taken(status, Refusal::kTooOld)) Accept(&IngestCounts::floats, sample.t);
}

void BodyWriter::WriteHistogram(const proto::HistogramView& view) {
  if (!Admit(view.t)) return;
  if (const Status read = ReadHistogram(view, histogram_); !read.ok()) {
    return Refuse(Refusal::kInvalidHistogram, 1, MessageOf(read));
  }
  if (folds_) {
    folded_.Add(tsdb::HistogramSample{view.t, histogram_});
    return Accept(&IngestCounts::histograms, view.t);
  }
  const Status status = appender_.TakeHistogram(*series_, view.t, histogram_, view.start);
  if (Taken(status, Refusal::kInvalidHistogram)) Accept(&IngestCounts::histograms, view.t);
}

void BodyWriter::WriteExemplar(const proto::ExemplarView& view) {
  if (!Admit(view.t)) return;
  if (!view.fault.empty()) return Refuse(Refusal::kInvalidExemplar, 1, view.fault);
  if (policies_ != nullptr && IsUnwantedExemplar(view)) return;
  tsdb::Exemplar exemplar{{}, view.value, view.t};
  if (const auto refusal = label_reader_.Read(view.labels, {}, exemplar.labels)) {
    return Refuse(Refusal::kInvalidExemplar, 1, RefusalText(*refusal));
  }
  if (Runes(exemplar.labels) > kMaxExemplarRunes) {
    return Refuse(Refusal::kInvalidExemplar, 1,
                  fmt::format("labels longer than {} characters", kMaxExemplarRunes));
  }
  if (folds_) {
    folded_.Add(std::move(exemplar));
    return Accept(&IngestCounts::exemplars, std::numeric_limits<int64_t>::min());
  }
  if (Taken(appender_.AppendExemplar(*series_, exemplar), Refusal::kInvalidExemplar)) {
    Accept(&IngestCounts::exemplars, std::numeric_limits<int64_t>::min());
  }
}

void BodyWriter::WriteMetadata(const proto::MetadataView& view) {
  ++received_.metadata;
  const proto::LabelView name{tsdb::kMetricName, view.metric};
  if (view.metric.empty()) return refusals_.Add(Refusal::kInvalidMetadata, 1, {&name, 1});
  for (const std::string_view text : {view.metric, view.help, view.unit}) {
    if (!proto::IsValidUtf8(text)) {
      return refusals_.Add(Refusal::kInvalidMetadata, 1, {&name, 1}, "invalid UTF-8");
    }
  }
  const Status status = appender_.SetMetadata(
      view.metric, {ReadMetricType(view.type), std::string(view.help), std::string(view.unit)});
  if (status.ok()) {
    ++accepted_.metadata;
  } else if (status.code() == StatusCode::kInvalidArgument) {
    refusals_.Add(Refusal::kInvalidMetadata, 1, {&name, 1}, MessageOf(status));
  } else {
    status_ = status;
  }
}

bool BodyWriter::Admit(int64_t t) {
  if (!status_.ok() || t <= passed_over_until_) return false;
  if (t > max_time_) {
    Refuse(Refusal::kTooFarInFuture, 1, fmt::format("timestamp {}", t));
    return false;
  }
  if (!series_ && !folds_ && !passed_over_ && !series_refusal_) FindSeries();
  if (series_refusal_) Refuse(*series_refusal_, 1, series_refusal_detail_, series_refusal_label_);
  return series_.has_value() || folds_;
}

std::string_view BodyWriter::RawLabels() {
  if (left_out_.empty()) return view_->raw_labels;
  if (view_->labels.empty()) {
    proto::ReadLabels(view_->raw_labels, decoded_);
  } else {
    decoded_ = view_->labels;
  }
  std::erase_if(decoded_, [this](const proto::LabelView& l) { return l.name == left_out_; });
  return proto::WriteRawLabels(decoded_, arena_);
}

void BodyWriter::FindSeries() {
  const std::string_view raw = RawLabels();
  if (fold_only_ != nullptr) {
    passed_over_ = !fold_only_->contains(absl::string_view(raw.data(), raw.size()));
    if (!passed_over_) BeginFold({Refusal::kCardinalityBudget, {}, {}, false, overflow_}, raw);
    return;
  }
  if (policies_ != nullptr && IsUnwanted(raw)) return;
  if (fold_ && BeginFold(*fold_, raw)) return;
  undecodable_.erase(raw.data());  // of a series before it, whose labels lay apart too
  const StatusOr<tsdb::SeriesRef> found =
      raw.empty() ? GetSeries(view_->labels, raw) : appender_.GetEncodedSeries(raw, *this);
  if (found.ok()) {
    series_ = *found;
    staged_.resize(*found + 1);
    staged_.back().raw_labels = raw;
    return;
  }
  const std::optional<SeriesRefusal> refusal = RefusalOf(found.status(), raw);
  if (refusal) {
    SetRefusal(*refusal);
  } else {
    status_ = found.status();
  }
}

void BodyWriter::SetRefusal(const SeriesRefusal& refusal) {
  series_refusal_ = refusal.reason;
  series_refusal_detail_ = refusal.detail;
  series_refusal_label_ = refusal.label;
}

bool BodyWriter::BeginFold(const SeriesRefusal& refusal, std::string_view raw) {
  tsdb::Labels labels;
  if (!raw.empty()) proto::ReadLabels(raw, decoded_);
  const auto fault = label_reader_.ReadSeries(
      raw.empty() ? std::span<const proto::LabelView>(view_->labels) : decoded_, raw, labels);
  if (fault) {
    SetRefusal({*fault, {}, {}});
    return true;
  }
  if (owns_ == nullptr) {
    SetRefusal({Refusal::kNotAggregable, {}, "nothing here aggregates"});
    return true;
  }
  if (refusal.only_if_owned) {
    const StatusOr<bool> owned = owns_(labels);
    if (!owned.ok()) status_ = owned.status();
    if (!owned.ok() || !*owned) return !owned.ok();
  }
  folded_.Begin(std::move(labels), refusal.fold);
  folds_ = true;
  return true;
}

bool BodyWriter::IsUnwanted(std::string_view raw) {
  const SentSeries sent = {origin_, raw, view_->labels};
  for (const std::shared_ptr<SeriesPolicy>& policy : *policies_) {
    const std::optional<SeriesRefusal> refusal = policy->Check(sent);
    if (!refusal) continue;
    if (refusal->fold != nullptr) {
      fold_ = refusal;
      continue;
    }
    if (!refusal->observed) {
      SetRefusal(*refusal);
      return true;
    }
    const size_t items = view_->samples.size() + view_->histograms.size();
    refusals_.AddForLabel(refusal->reason, items, ViewedLabels(), refusal->detail, refusal->label,
                          true);
  }
  return false;
}

// Counts it where a policy refuses or observes it.
bool BodyWriter::IsUnwantedExemplar(const proto::ExemplarView& view) {
  const SentSeries sent = {origin_, view_->raw_labels, view_->labels};
  for (const std::shared_ptr<SeriesPolicy>& policy : *policies_) {
    const std::optional<SeriesRefusal> refusal = policy->CheckExemplar(sent, view.labels);
    if (!refusal) continue;
    refusals_.AddForLabel(refusal->reason, 1, ViewedLabels(), refusal->detail, refusal->label,
                          refusal->observed);
    if (!refusal->observed) return true;
  }
  return false;
}

// The first policy that refuses a series that is in no memory.
std::optional<SeriesRefusal> BodyWriter::AskOfNew(const tsdb::Labels& labels) {
  if (policies_ == nullptr) return std::nullopt;
  for (const std::shared_ptr<SeriesPolicy>& policy : *policies_) {
    std::optional<SeriesRefusal> refusal = policy->CheckNew(origin_, labels);
    if (refusal && !refusal->observed) return refusal;
  }
  return std::nullopt;
}

StatusOr<tsdb::SeriesRef> BodyWriter::GetSeries(std::span<const proto::LabelView> views,
                                                std::string_view raw) {
  ASSIGN_OR_RETURN(const tsdb::Labels labels, ReadSeriesLabels(views, raw));
  return appender_.GetSeries(labels);
}

StatusOr<tsdb::Labels> BodyWriter::ReadSeriesLabels(std::span<const proto::LabelView> views,
                                                    std::string_view raw) {
  tsdb::Labels labels;
  std::optional<SeriesRefusal> refusal;
  if (const auto fault = label_reader_.ReadSeries(views, raw, labels)) {
    refusal = SeriesRefusal{*fault, {}, {}};
  } else {
    refusal = AskOfNew(labels);
  }
  if (!refusal) return labels;
  const Status status = InvalidArgument(RefusalText(refusal->reason));
  undecodable_.insert_or_assign(raw.data(), *std::move(refusal));
  return status;
}

StatusOr<tsdb::Labels> BodyWriter::Decode(std::string_view encoded) {
  proto::ReadLabels(encoded, decoded_);
  return ReadSeriesLabels(decoded_, encoded);
}

std::optional<SeriesRefusal> BodyWriter::RefusalOf(const Status& status,
                                                   std::string_view raw) const {
  const auto found = undecodable_.find(raw.data());
  if (found != undecodable_.end()) return found->second;
  SeriesRefusal refusal{kSeriesFault, {}, std::string(MessageOf(status))};
  if (status.code() == StatusCode::kInvalidArgument) return refusal;
  if (status.code() == StatusCode::kOutOfRange) {
    // Of the SeriesGate.  The limit stays: sending again would not help.
    refusal.reason = Refusal::kCardinalityBudget;
    return refusal;
  }
  if (status.code() != StatusCode::kResourceExhausted) return std::nullopt;
  refusal.reason = Refusal::kSeriesBudget;
  return refusal;
}

void BodyWriter::NoteRefused(const tsdb::CommitReport& report, RawLabelSet* folding) {
  for (const tsdb::RefusedSeries& one : report.refused) {
    const Staged& staged = staged_[one.series];
    const SeriesRefusal refusal =
        RefusalOf(one.status, staged.raw_labels)
            .value_or(SeriesRefusal{kSeriesFault, {}, std::string(MessageOf(one.status))});
    const bool folds = folding != nullptr && refusal.reason == Refusal::kCardinalityBudget &&
                       !staged.raw_labels.empty();
    if (folds) {
      folding->emplace(staged.raw_labels.data(), staged.raw_labels.size());
    } else {
      accepted_.floats -= staged.accepted.floats;
      accepted_.histograms -= staged.accepted.histograms;
      accepted_.exemplars -= staged.accepted.exemplars;
    }
    proto::ReadLabels(staged.raw_labels, decoded_);
    refusals_.AddForLabel(refusal.reason, staged.accepted.all(), decoded_, refusal.detail,
                          refusal.label, folds);
  }
}

void BodyWriter::NoteFoldRefused(const FoldBatch& folded, const FoldReport& report) {
  for (const FoldReport::Refused& one : report.refused) {
    accepted_.floats -= one.floats;
    accepted_.histograms -= one.histograms;
    accepted_.exemplars -= one.exemplars;
    const tsdb::Labels& labels = folded.series[one.series].labels;
    decoded_.clear();
    for (const tsdb::LabelView l : labels) decoded_.push_back({l.name, l.value});
    const Refusal reason =
        one.why == FoldVerdict::kFull ? Refusal::kAggregateFull : Refusal::kNotAggregable;
    refusals_.Add(reason, one.floats + one.histograms + one.exemplars, decoded_,
                  FoldVerdictText(one.why));
  }
}

void BodyWriter::RefuseConflicts(const tsdb::CommitReport& report) {
  for (const tsdb::Conflict& one : report.conflicts) {
    proto::ReadLabels(staged_[one.series].raw_labels, decoded_);
    refusals_.Add(Refusal::kConflict, 1, decoded_, fmt::format("timestamp {}", one.t));
  }
}

IngestCounts BodyWriter::Stored(const tsdb::CommitReport& report) const {
  IngestCounts stored = accepted_;
  for (const tsdb::Conflict& one : report.conflicts) {
    // A series of both kinds at once is rare enough to guess.
    const bool is_float = staged_[one.series].accepted.floats > 0;
    --(is_float ? stored.floats : stored.histograms);
  }
  return stored;
}

std::string BodyWriter::Describe(tsdb::SeriesRef series) {
  proto::ReadLabels(staged_[series].raw_labels, decoded_);
  return MaskedLabels(decoded_);
}

void BodyWriter::Accept(uint64_t IngestCounts::*kind, int64_t t) {
  newest_ = std::max(newest_, t);
  ++(accepted_.*kind);
  if (!folds_) ++(staged_[*series_].accepted.*kind);
}

bool BodyWriter::Taken(const Status& status, Refusal reason) {
  if (status.ok()) return true;
  if (status.code() == StatusCode::kOutOfRange) {
    Refuse(Refusal::kTooOld, 1, MessageOf(status));
  } else if (status.code() == StatusCode::kInvalidArgument) {
    Refuse(reason, 1, MessageOf(status));
  } else {
    status_ = status;
  }
  return false;
}

std::span<const proto::LabelView> BodyWriter::ViewedLabels() {
  if (!view_->labels.empty()) return view_->labels;
  proto::ReadLabels(view_->raw_labels, decoded_);
  return decoded_;
}

void BodyWriter::Refuse(Refusal reason, size_t count, std::string_view detail,
                        std::string_view label) {
  refusals_.AddForLabel(reason, count, ViewedLabels(), detail, label, false);
}

}  // namespace tidemark::server

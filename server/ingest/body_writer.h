// BodyWriter: one decoded remote-write body into one Appender; what is invalid
// is refused and counted, everything else goes in.
//
//   BodyWriter writer(*appender, now_ms + options.max_future_ms);
//   RETURN_IF_ERROR(writer.Write(body));    // or WriteV2
//   ASSIGN_OR_RETURN(const CommitReport report, appender->Commit());
//   writer.NoteRefused(report, nullptr);
//   writer.received(); writer.refusals();
//
// Labels are decoded where the Appender asks for it: not for series that it
// knows by their bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "proto/byte_arena.h"
#include "proto/remote_write.h"
#include "proto/remote_write_v2.h"
#include "server/admission/admission.h"
#include "server/aggregate/fold_batch.h"
#include "server/ingest/label_reader.h"
#include "server/ingest/refusals.h"
#include "tsdb/storage.h"

namespace tidemark::server {

struct IngestCounts {
  uint64_t floats = 0;
  uint64_t histograms = 0;
  uint64_t exemplars = 0;
  uint64_t metadata = 0;
  uint64_t samples() const { return floats + histograms; }
  uint64_t all() const { return samples() + exemplars + metadata; }
};

// Threads: one.
class BodyWriter : private tsdb::LabelDecoder {
 public:
  // Refuses what lies after `max_time`, in milliseconds.
  BodyWriter(tsdb::Appender& appender, int64_t max_time)
      : appender_(appender), max_time_(max_time) {}

  // Before anything is written: a label that all series are known without, and a
  // time up to which, inclusive, samples are passed over, neither taken nor
  // refused.  For one of several senders of the same (server/ha).
  void LeaveOut(std::string label, int64_t until) {
    left_out_ = std::move(label);
    passed_over_until_ = until;
  }

  // Before anything is written: whom to ask of each series; both must live until
  // the Appender's Commit returns.
  void Ask(const SeriesPolicies& policies, const Origin& origin) {
    policies_ = &policies;
    origin_ = origin;
  }

  // Before anything is written: series that fold are collected in folded(); asks
  // `owns` of those that fold only where an output has their labels.  Without it they
  // are refused.
  using Owns = std::function<StatusOr<bool>(const tsdb::Labels&)>;
  void FoldInto(Owns owns) { owns_ = std::move(owns); }

  // Before anything is written: only series of these raw labels are collected in
  // folded(), all others passed over.  `of` must outlive this.  For a second time
  // through a request whose refused series fold.
  using RawLabelSet = absl::flat_hash_set<std::string>;
  void FoldOnly(const RawLabelSet& of, std::shared_ptr<const Fold> fold, int64_t newest) {
    fold_only_ = &of;
    overflow_ = std::move(fold);
    newest_ = newest;
  }

  // Once; `body` must live until the Appender's Commit returns.  OK also when some or all of it was
  // refused.
  //   kInvalidArgument  broken protobuf: the Appender must not be committed
  //   or what the Appender said that concerns the whole request (kUnavailable)
  Status Write(std::string_view body);

  // The same for a body of remote write 2.0.  `max_written_bytes`: of what its
  // references to symbols stand for, written out.
  //   kResourceExhausted  more than that: the Appender must not be committed
  Status WriteV2(std::string_view body, size_t max_written_bytes);

  // What another protocol's body is translated into, piece by piece, while status()
  // is OK.  `raw_labels`, where there are any, must live until Commit; `labels`
  // may be there beside them, for messages.
  void AddSeries(const proto::SeriesView& view) { WriteSeries(view); }
  void AddMetadata(const proto::MetadataView& metadata) { WriteMetadata(metadata); }
  // Of what cannot be translated.
  void AddRefused(Refusal reason, size_t count, std::span<const proto::LabelView> labels,
                  std::string_view detail) {
    refusals_.Add(reason, count, labels, detail);
  }
  // Of the whole request: not OK, nothing must be committed.
  const Status& status() const { return status_; }

  // After Commit: takes what it refused off accepted(), into refusals().  `folding`
  // gets the raw labels of those past the cardinality budget instead, which are to
  // fold; null: none do.
  void NoteRefused(const tsdb::CommitReport& report, RawLabelSet* folding);
  // What folds is in accepted(), and has to be taken by server/aggregate; what of
  // `folded`, this one's or that of the second time, was refused there is taken off
  // again, into refusals().
  const FoldBatch& folded() const { return folded_; }
  void NoteFoldRefused(const FoldBatch& folded, const FoldReport& report);
  // After Commit, under the policy refuse: conflicts go into refusals(), too.
  void RefuseConflicts(const tsdb::CommitReport& report);
  // The labels of a series that Commit reports, for a message.
  std::string Describe(tsdb::SeriesRef series);

  const IngestCounts& received() const { return received_; }
  const IngestCounts& accepted() const { return accepted_; }
  // The latest time of a sample that was accepted, or the smallest int64.
  int64_t newest() const { return newest_; }
  // Of accepted(), what is stored now, or was before: without the conflicts.
  IngestCounts Stored(const tsdb::CommitReport& report) const;
  const Refusals& refusals() const { return refusals_; }

 private:
  // A series that the Appender gave a ref, and what it took of it.
  struct Staged {
    std::string_view raw_labels;
    IngestCounts accepted;
  };

  StatusOr<tsdb::Labels> Decode(std::string_view encoded) override;
  // `raw` may be empty; remembers the refusal in undecodable_.
  StatusOr<tsdb::Labels> ReadSeriesLabels(std::span<const proto::LabelView> views,
                                          std::string_view raw);
  StatusOr<tsdb::SeriesRef> GetSeries(std::span<const proto::LabelView> views,
                                      std::string_view raw);
  void WriteSeries(const proto::SeriesView& view, std::string_view fault = {});
  void WriteMetadataV2();
  void WriteSample(const proto::SampleView& sample);
  void WriteHistogram(const proto::HistogramView& histogram);
  void WriteExemplar(const proto::ExemplarView& exemplar);
  void WriteMetadata(const proto::MetadataView& metadata);

  // Whether an item at `t` of the current series may be appended; finds the
  // series for the first one that may, so that refused items create none.
  bool Admit(int64_t t);
  void FindSeries();
  // Whether a policy refuses the current series; counts what one observes.
  bool IsUnwanted(std::string_view raw);
  bool IsUnwantedExemplar(const proto::ExemplarView& view);
  std::optional<SeriesRefusal> AskOfNew(const tsdb::Labels& labels);
  void SetRefusal(const SeriesRefusal& refusal);
  // Whether the current series folds, or cannot be known.
  bool BeginFold(const SeriesRefusal& refusal, std::string_view raw);
  // The labels of the current series as sent.
  std::span<const proto::LabelView> ViewedLabels();
  // The bytes that the current series is known by: without the label left out.
  std::string_view RawLabels();
  // Counts an item that the Appender did not take, under `reason` if it is the
  // item's fault; otherwise status_ becomes `status`.  True when it was taken.
  bool Taken(const Status& status, Refusal reason);
  void Refuse(Refusal reason, size_t count, std::string_view detail = {},
              std::string_view label = {});
  // Counts an item that was taken; `t` of a sample.
  void Accept(uint64_t IngestCounts::*kind, int64_t t);
  // What an answer about the series with these labels means for its items;
  // none: it concerns the whole request.
  std::optional<SeriesRefusal> RefusalOf(const Status& status, std::string_view raw) const;

  tsdb::Appender& appender_;
  const int64_t max_time_;
  LabelReader label_reader_;
  Status status_;  // of the whole request
  IngestCounts received_;
  IngestCounts accepted_;
  Refusals refusals_;
  std::vector<Staged> staged_;  // by ref
  // Labels of series that ReadSeriesLabels refused, by where they are.
  std::map<const char*, SeriesRefusal> undecodable_;
  const SeriesPolicies* policies_ = nullptr;
  Origin origin_;
  Owns owns_;
  const RawLabelSet* fold_only_ = nullptr;
  std::shared_ptr<const Fold> overflow_;
  FoldBatch folded_;
  std::vector<proto::LabelView> decoded_;
  std::string left_out_;
  int64_t passed_over_until_ = std::numeric_limits<int64_t>::min();
  int64_t newest_ = std::numeric_limits<int64_t>::min();
  proto::ByteArena arena_;  // labels without left_out_
  tsdb::FloatHistogram histogram_;
  // Holds the labels that it wrote out until Commit.
  std::optional<proto::WriteRequestV2Reader> v2_;

  // Of the current series.
  const proto::SeriesView* view_ = nullptr;
  std::optional<tsdb::SeriesRef> series_;
  bool folds_ = false;  // it is the last of folded_
  bool passed_over_ = false;
  std::optional<SeriesRefusal> fold_;  // that a policy asked for
  std::optional<Refusal> series_refusal_;
  std::string series_refusal_detail_;
  std::string series_refusal_label_;
};

}  // namespace tidemark::server

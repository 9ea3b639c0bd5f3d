// Admission: whether a series may come in.  Policies say so, one after the other;
// what they refuse is counted by the sender's request (Refusals) and in the Ledger.
//
//   class NoTestSeries : public SeriesPolicy {
//     std::optional<SeriesRefusal> Check(const SentSeries& series) override;
//   };
//
// A policy is asked at two points, and does nothing at the one it leaves alone:
//
//   Check     each series of each request, known or not, before it is looked up:
//             a schema.  It must be cheap for what it has passed before.
//   CheckNew  a series that is in no memory, once its labels are read, sorted and
//             found valid: a budget.  Series that are known by the bytes of their
//             labels never get here, so it costs them nothing.  One that was idle,
//             or is sent in another order than before, does.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proto/views.h"
#include "server/aggregate/fold.h"
#include "server/ingest/refusals.h"
#include "tsdb/model/labels.h"

namespace tidemark::server {

// Whose request it is.
struct Origin {
  std::string_view tenant;
  std::string_view sender;  // its address; "" where it is not known
};

// A series as a request has it.
struct SentSeries {
  Origin origin;
  // The bytes of its labels as remote write 1.0 has them (SeriesView::raw_labels),
  // or "": then `labels` are there.  What counts where both are: `labels` may have
  // one that the series is known without.
  std::string_view raw;
  std::span<const proto::LabelView> labels;  // may be empty beside `raw`
};

struct SeriesRefusal {
  Refusal reason = Refusal::kSeriesBudget;
  std::string label;      // that is at fault; "": none
  std::string detail;     // for the answer; nothing in it may need a mask
  bool observed = false;  // it is only counted, the series goes in
  // Nothing is refused: the samples are added to those of another series, be it in
  // mode aggregate or past a budget.
  std::shared_ptr<const Fold> fold = nullptr;
  // Nothing of it folds away: it goes in as it is, unless others fold into a series
  // with its labels.
  bool only_if_owned = false;
};

// Threads: any number of calls at once.
class SeriesPolicy {
 public:
  virtual ~SeriesPolicy() = default;
  virtual std::optional<SeriesRefusal> Check(const SentSeries&) { return std::nullopt; }
  // An exemplar of a series that Check let in, by the labels of its own.
  virtual std::optional<SeriesRefusal> CheckExemplar(const SentSeries&,
                                                     std::span<const proto::LabelView>) {
    return std::nullopt;
  }
  virtual std::optional<SeriesRefusal> CheckNew(const Origin&, const tsdb::Labels&) {
    return std::nullopt;
  }
};

// In the order in which they are asked; the first refusal counts.
using SeriesPolicies = std::vector<std::shared_ptr<SeriesPolicy>>;

}  // namespace tidemark::server

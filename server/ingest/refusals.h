// Refusals: what of one request was refused, by reason, with one example each.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "proto/remote_write.h"

namespace tidemark::server {

// In the order in which they are told.
enum class Refusal : size_t {
  kNoMetricName,
  kEmptyLabelName,
  kDuplicateLabelName,
  kInvalidUtf8,
  kBadSymbolReference,  // of remote write 2.0
  kLabelLimits,
  kTooFarInFuture,
  kTooOld,
  kInvalidHistogram,
  kInvalidExemplar,
  kInvalidMetadata,
  kUntranslatable,  // of OTLP
  kConflict,        // under the policy refuse
  kSeriesBudget,
  kCardinalityBudget,
  // By the label schema (server/admission).
  kLabelNotAllowed,
  kLabelMissing,
  kValueNotAllowed,
  kValueTooLong,
  kValueDenied,
  kCardNumber,
  // Of series that fold into others (server/aggregate).
  kAggregateFull,
  kNotAggregable,
  kCount,
};
inline constexpr size_t kRefusalCount = static_cast<size_t>(Refusal::kCount);

std::string_view RefusalLabel(Refusal reason);  // "duplicate_label_name": in metrics
std::string_view RefusalText(Refusal reason);   // "duplicate label name": in answers

// Threads: one.
class Refusals {
 public:
  // `count` items that belong to the series with these labels; `detail` says
  // more about this one, and may be empty.
  void Add(Refusal reason, size_t count, std::span<const proto::LabelView> labels,
           std::string_view detail = {});

  // The same where `label` is at fault.  `observed`: the items were not refused, and
  // are in parts() alone.
  void AddForLabel(Refusal reason, size_t count, std::span<const proto::LabelView> labels,
                   std::string_view detail, std::string_view label, bool observed);

  // What there is by metric and label, for the ledger.  Bounded: past kMaxParts all
  // that is new is one part a reason, without its metric and label.
  static constexpr size_t kMaxParts = 100;
  struct PartKey {
    bool observed = false;
    Refusal reason = Refusal::kCount;
    std::string metric;
    std::string label;
    auto operator<=>(const PartKey&) const = default;
  };
  struct Part {
    uint64_t count = 0;
    std::string example;  // the first
  };
  const std::map<PartKey, Part>& parts() const { return parts_; }

  bool empty() const { return total_ == 0; }
  uint64_t total() const { return total_; }
  uint64_t count(Refusal reason) const { return reasons_[static_cast<size_t>(reason)].count; }

  // "2 x duplicate label name (e.g. {…}), 1 x older than storage.retention.raw (…)".
  std::string ToString() const;

 private:
  struct Reason {
    uint64_t count = 0;
    std::string example;
  };
  void AddPart(PartKey key, size_t count, std::span<const proto::LabelView> labels,
               std::string_view detail);

  std::array<Reason, kRefusalCount> reasons_;
  std::map<PartKey, Part> parts_;
  uint64_t total_ = 0;
};

// Labels as sent, for a message: {name="value", …}, cut to a bounded length,
// with long runs of digits (card and account numbers) replaced by "***".
std::string MaskedLabels(std::span<const proto::LabelView> labels);

}  // namespace tidemark::server

#include "server/ingest/refusals.h"

#include <fmt/format.h>

#include <utility>

#include "server/mask_digits.h"
#include "tsdb/base/quote.h"

namespace tidemark::server {
namespace {

struct Names {
  std::string_view label;
  std::string_view text;
};
constexpr std::array<Names, kRefusalCount> kNames = {{
    {"no_metric_name", "no metric name"},
    {"empty_label_name", "empty label name"},
    {"duplicate_label_name", "duplicate label name"},
    {"invalid_utf8", "invalid UTF-8"},
    {"bad_symbol_reference", "bad reference to a symbol"},
    {"label_limits", "labels past storage.max_label_names, _name_bytes or _value_bytes"},
    {"too_far_in_future", "further ahead than ingest.max_future"},
    {"too_old", "older than storage.retention.raw"},
    {"invalid_histogram", "invalid histogram"},
    {"invalid_exemplar", "invalid exemplar"},
    {"invalid_metadata", "invalid metadata"},
    {"untranslatable", "not translatable from OTLP"},
    {"conflict", "another value stored at the time (ingest.conflict)"},
    {"series_budget", "no budget for new series"},
    {"cardinality_budget", "new series past the cardinality budget"},
    {"label_not_allowed", "label not allowed by the schema"},
    {"required_label_missing", "label missing that the schema requires"},
    {"label_value_not_allowed", "label value not allowed by the schema"},
    {"label_value_too_long", "label value longer than the schema allows"},
    {"label_value_denied", "label value denied by the schema"},
    {"card_number", "label value that is a card number"},
    {"aggregate_state_full", "past admission.aggregate.max_state"},
    {"not_aggregable", "cannot be aggregated"},
}};

// Bounds, in bytes, of what a message may repeat of what was sent.
constexpr size_t kMaxPart = 40;      // of one name or value
constexpr size_t kMaxExample = 180;  // of one series
constexpr size_t kMaxDetail = 120;

// Cut after masking, so that no half of a number gets past the mask.
std::string Shown(std::string_view text) {
  std::string masked = MaskDigits(text.substr(0, 4 * kMaxPart));
  if (masked.size() > kMaxPart) masked = masked.substr(0, kMaxPart) + "...";
  return masked;
}

std::string MetricOf(std::span<const proto::LabelView> labels) {
  for (const proto::LabelView& label : labels) {
    if (label.name == "__name__") return Shown(label.value);
  }
  return {};
}

std::string Example(std::span<const proto::LabelView> labels, std::string_view detail) {
  std::string out = MaskedLabels(labels);
  if (!detail.empty()) out += fmt::format(": {}", detail.substr(0, kMaxDetail));
  return out;
}

}  // namespace

std::string_view RefusalLabel(Refusal reason) { return kNames[static_cast<size_t>(reason)].label; }
std::string_view RefusalText(Refusal reason) { return kNames[static_cast<size_t>(reason)].text; }

std::string MaskedLabels(std::span<const proto::LabelView> labels) {
  std::string out = "{";
  for (const proto::LabelView& label : labels) {
    if (out.size() > 1) out += ", ";
    if (out.size() > kMaxExample) {
      out += "...";
      break;
    }
    AppendName(out, Shown(label.name));
    out += '=';
    AppendQuoted(out, Shown(label.value));
  }
  return out + "}";
}

void Refusals::Add(Refusal reason, size_t count, std::span<const proto::LabelView> labels,
                   std::string_view detail) {
  AddForLabel(reason, count, labels, detail, {}, false);
}

void Refusals::AddForLabel(Refusal reason, size_t count, std::span<const proto::LabelView> labels,
                           std::string_view detail, std::string_view label, bool observed) {
  AddPart({observed, reason, MetricOf(labels), Shown(label)}, count, labels, detail);
  if (observed) return;
  Reason& r = reasons_[static_cast<size_t>(reason)];
  if (r.count == 0) r.example = Example(labels, detail);
  r.count += count;
  total_ += count;
}

void Refusals::AddPart(PartKey key, size_t count, std::span<const proto::LabelView> labels,
                       std::string_view detail) {
  if (parts_.size() >= kMaxParts && !parts_.contains(key)) {
    key.metric.clear();
    key.label.clear();
  }
  Part& part = parts_[std::move(key)];
  if (part.count == 0) part.example = Example(labels, detail);
  part.count += count;
}

std::string Refusals::ToString() const {
  std::string out;
  for (size_t i = 0; i < kRefusalCount; ++i) {
    const Reason& r = reasons_[i];
    if (r.count == 0) continue;
    if (!out.empty()) out += ", ";
    out += fmt::format("{} x {} (e.g. {})", r.count, kNames[i].text, r.example);
  }
  return out;
}

}  // namespace tidemark::server

#include "server/ingest/label_reader.h"

#include <algorithm>

#include "proto/utf8.h"

namespace tidemark::server {
namespace {

bool ByName(const tsdb::LabelView& a, const tsdb::LabelView& b) { return a.name < b.name; }

bool SameName(const tsdb::LabelView& a, const tsdb::LabelView& b) { return a.name == b.name; }

bool IsUtf8(std::span<const proto::LabelView> labels, std::string_view raw) {
  // Nearly all labels are ASCII: one look at their bytes, lengths included,
  // instead of thirty short ones.
  if (!raw.empty() && proto::IsAscii(raw)) return true;
  return std::all_of(labels.begin(), labels.end(), [](const proto::LabelView& l) {
    return proto::IsValidUtf8(l.name) && proto::IsValidUtf8(l.value);
  });
}

}  // namespace

// Fills sorted_, empty values left out.
std::optional<Refusal> LabelReader::Sort(std::span<const proto::LabelView> labels,
                                         std::string_view raw) {
  if (!IsUtf8(labels, raw)) return Refusal::kInvalidUtf8;
  sorted_.clear();
  for (const proto::LabelView& l : labels) {
    if (l.name.empty()) return Refusal::kEmptyLabelName;
    sorted_.push_back({l.name, l.value});
  }
  // Most senders sort.
  if (!std::is_sorted(sorted_.begin(), sorted_.end(), ByName)) {
    std::sort(sorted_.begin(), sorted_.end(), ByName);
  }
  if (std::adjacent_find(sorted_.begin(), sorted_.end(), SameName) != sorted_.end()) {
    return Refusal::kDuplicateLabelName;
  }
  std::erase_if(sorted_, [](const tsdb::LabelView& l) { return l.value.empty(); });
  return std::nullopt;
}

std::optional<Refusal> LabelReader::Read(std::span<const proto::LabelView> labels,
                                         std::string_view raw, tsdb::Labels& out) {
  if (const auto refusal = Sort(labels, raw)) return refusal;
  out = tsdb::Labels::FromSortedViews(sorted_);
  return std::nullopt;
}

std::optional<Refusal> LabelReader::ReadSeries(std::span<const proto::LabelView> labels,
                                               std::string_view raw, tsdb::Labels& out) {
  if (const auto refusal = Sort(labels, raw)) return refusal;
  const bool named = std::any_of(sorted_.begin(), sorted_.end(), [](const tsdb::LabelView& l) {
    return l.name == tsdb::kMetricName;
  });
  if (!named) return Refusal::kNoMetricName;
  out = tsdb::Labels::FromSortedViews(sorted_);
  return std::nullopt;
}

}  // namespace tidemark::server

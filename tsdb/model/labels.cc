#include "tsdb/model/labels.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <random>

#include "tsdb/base/check.h"
#include "tsdb/base/quote.h"
#include "tsdb/base/varint.h"

namespace tidemark::tsdb {
namespace {

// Drawn once per process, so that nobody outside can choose labels that collide.
uint64_t HashSeed() {
  static const uint64_t seed = [] {
    std::random_device device;
    return (uint64_t{device()} << 32) | device();
  }();
  return seed;
}

// The length at `at`, which moves past it.  Only for packed forms that were
// checked: nothing here looks at the end.
inline size_t ReadLength(const char*& at) {
  uint64_t length = 0;
  for (int shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(*at++);
    length |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return length;
  }
}

inline std::string_view ReadPart(const char*& at) {
  const size_t length = ReadLength(at);
  const char* start = at;
  at += length;
  return {start, length};
}

size_t PackedSize(std::span<const LabelView> views) {
  size_t total = 0;
  for (const LabelView& label : views) {
    total += VarintBytes(label.name.size()) + label.name.size();
    total += VarintBytes(label.value.size()) + label.value.size();
  }
  return total;
}

void AppendLabel(std::string& packed, const LabelView& label) {
  AppendLengthPrefixed(packed, label.name);
  AppendLengthPrefixed(packed, label.value);
}

bool Contains(std::span<const std::string> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Labels::Iterator::Iterator(std::string_view packed)
    : at_(packed.data()), next_(packed.data()), end_(packed.data() + packed.size()) {
  Read();
}

Labels::Iterator& Labels::Iterator::operator++() {
  at_ = next_;
  Read();
  return *this;
}

void Labels::Iterator::Read() {
  if (at_ == end_) return;
  label_.name = ReadPart(next_);
  label_.value = ReadPart(next_);
}

Labels::Iterator Labels::end() const {
  return Iterator(std::string_view(packed_.data() + packed_.size(), 0));
}

StatusOr<Labels> Labels::FromPairs(std::vector<std::pair<std::string, std::string>> pairs) {
  std::vector<LabelView> views;
  views.reserve(pairs.size());
  for (const auto& [name, value] : pairs) views.push_back({name, value});
  return FromViews(std::move(views));
}

StatusOr<Labels> Labels::FromViews(std::vector<LabelView> views) {
  const auto by_name = [](const LabelView& a, const LabelView& b) { return a.name < b.name; };
  if (!std::is_sorted(views.begin(), views.end(), by_name)) {
    std::sort(views.begin(), views.end(), by_name);
  }
  for (size_t i = 0; i < views.size(); ++i) {
    if (views[i].name.empty()) {
      return InvalidArgument(
          fmt::format("a label with the value {} has an empty name", Quoted(views[i].value)));
    }
    if (i > 0 && views[i].name == views[i - 1].name) {
      return InvalidArgument(
          fmt::format("label name {} is not unique: it is given twice", Quoted(views[i].name)));
    }
  }
  std::erase_if(views, [](const LabelView& label) { return label.value.empty(); });
  return FromSortedViews(views);
}

Labels Labels::Must(std::initializer_list<std::pair<std::string_view, std::string_view>> pairs) {
  std::vector<LabelView> views;
  for (const auto& [name, value] : pairs) views.push_back({name, value});
  StatusOr<Labels> labels = FromViews(std::move(views));
  CHECK(labels.ok(), "Labels::Must: an empty name, or one given twice");
  return *std::move(labels);
}

Labels Labels::FromSortedViews(std::span<const LabelView> views) {
  std::string packed;
  packed.reserve(PackedSize(views));
  for (const LabelView& label : views) AppendLabel(packed, label);
  return Labels(std::move(packed));
}

StatusOr<Labels> Labels::FromPacked(std::string_view packed) {
  std::string_view rest = packed;
  std::string_view previous, name, value;
  while (!rest.empty()) {
    const size_t offset = packed.size() - rest.size();
    if (!ReadLengthPrefixed(rest, name) || !ReadLengthPrefixed(rest, value)) {
      return DataLoss(fmt::format("packed labels are cut at byte {}", offset));
    }
    if (value.empty() || name <= previous) {
      return DataLoss(fmt::format("packed labels: an empty or unsorted part at byte {}", offset));
    }
    previous = name;
  }
  return Labels(std::string(packed));
}

std::string_view Labels::Get(std::string_view name) const {
  for (const LabelView label : *this) {
    if (label.name >= name) return label.name == name ? label.value : std::string_view();
  }
  return {};
}

size_t Labels::size() const { return static_cast<size_t>(std::distance(begin(), end())); }

Labels Labels::Keep(std::span<const std::string> names) const {
  std::string packed;
  for (const LabelView label : *this) {
    if (Contains(names, label.name)) AppendLabel(packed, label);
  }
  return Labels(std::move(packed));
}

Labels Labels::Drop(std::span<const std::string> names) const {
  std::string packed;
  packed.reserve(packed_.size());
  for (const LabelView label : *this) {
    if (!Contains(names, label.name)) AppendLabel(packed, label);
  }
  return Labels(std::move(packed));
}

Labels Labels::DropMetricName() const { return With(kMetricName, ""); }

Labels Labels::With(std::string_view name, std::string_view value) const {
  std::string packed;
  packed.reserve(packed_.size() + name.size() + value.size() + 2 * kMaxVarintBytes);
  bool done = value.empty();
  for (const LabelView label : *this) {
    if (!done && label.name >= name) {
      AppendLabel(packed, {name, value});
      done = true;
    }
    if (label.name != name) AppendLabel(packed, label);
  }
  if (!done) AppendLabel(packed, {name, value});
  return Labels(std::move(packed));
}

uint64_t Labels::Hash() const {
  return XXH3_64bits_withSeed(packed_.data(), packed_.size(), HashSeed());
}

std::string Labels::ToString() const {
  std::string out = "{";
  for (const LabelView label : *this) {
    if (out.size() > 1) out += ", ";
    AppendName(out, label.name);
    out += '=';
    AppendQuoted(out, label.value);
  }
  out += '}';
  return out;
}

std::strong_ordering Labels::operator<=>(const Labels& other) const {
  const char* a = packed_.data();
  const char* b = other.packed_.data();
  const char* const a_end = a + packed_.size();
  const char* const b_end = b + other.packed_.size();
  // Names and values alternate, so that one loop compares both.
  while (a != a_end && b != b_end) {
    const auto order = ReadPart(a) <=> ReadPart(b);
    if (order != 0) return order;
  }
  return (a != a_end) <=> (b != b_end);
}

}  // namespace tidemark::tsdb

// Labels: the identity of a series, a set of name/value pairs sorted by name.
//
//   ASSIGN_OR_RETURN(Labels labels, Labels::FromPairs({{"__name__", "up"}, {"job", "api"}}));
//   labels.Get("job");                       // "api"
//   for (LabelView l : labels) Use(l.name, l.value);
//
// An immutable value in one packed string: for each label, in name order,
//
//   varint length of name | name | varint length of value | value
//
// Names are unique and not empty; an empty value means "absent" and is never held.
//
// Threads: like std::string.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tsdb/base/status.h"

namespace tidemark::tsdb {

inline constexpr std::string_view kMetricName = "__name__";

struct LabelView {
  std::string_view name;
  std::string_view value;
  bool operator==(const LabelView&) const = default;
};

class Labels {
 public:
  // Yields LabelViews into the Labels it came from.
  class Iterator {
   public:
    using value_type = LabelView;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;
    using pointer = const LabelView*;
    using reference = LabelView;

    Iterator() = default;
    explicit Iterator(std::string_view packed);
    LabelView operator*() const { return label_; }
    Iterator& operator++();
    void operator++(int) { ++*this; }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    void Read();

    const char* at_ = nullptr;    // start of the current label; end_ when done
    const char* next_ = nullptr;  // start of the one after it
    const char* end_ = nullptr;
    LabelView label_;
  };

  Labels() = default;

  // Sorts by name and leaves out empty values.
  //   kInvalidArgument  an empty name, or a name given twice
  static StatusOr<Labels> FromPairs(std::vector<std::pair<std::string, std::string>> pairs);
  static StatusOr<Labels> FromViews(std::vector<LabelView> views);
  // The same where the caller guarantees what FromPairs checks; for literals.
  static Labels Must(std::initializer_list<std::pair<std::string_view, std::string_view>> pairs);
  // Takes views that are sorted, unique and without empty names or values.
  static Labels FromSortedViews(std::span<const LabelView> views);

  // The packed form, and back.
  //   kDataLoss  not a packed form: truncated, unsorted or with empty parts
  const std::string& packed() const { return packed_; }
  static StatusOr<Labels> FromPacked(std::string_view packed);

  // The value, or "" where the label is absent.
  std::string_view Get(std::string_view name) const;
  bool Has(std::string_view name) const { return !Get(name).empty(); }
  std::string_view metric_name() const { return Get(kMetricName); }
  bool empty() const { return packed_.empty(); }
  size_t size() const;

  Iterator begin() const { return Iterator(packed_); }
  Iterator end() const;

  // Only, or all but, the labels of these names (in any order).
  Labels Keep(std::span<const std::string> names) const;
  Labels Drop(std::span<const std::string> names) const;
  Labels DropMetricName() const;
  // With the label set, replaced, or (value empty) removed.
  Labels With(std::string_view name, std::string_view value) const;

  // A hash for tables in memory; differs from process to process.
  uint64_t Hash() const;

  // {__name__="up", job="api"}, as in Prometheus' messages: names that are no
  // identifiers in quotes, values with Go's escapes (tsdb/base/quote.h).
  std::string ToString() const;

  bool operator==(const Labels&) const = default;
  // Label by label, name before value; what is shorter comes first.
  std::strong_ordering operator<=>(const Labels& other) const;

  template <typename H>
  friend H AbslHashValue(H h, const Labels& labels) {
    return H::combine(std::move(h), labels.packed_);
  }

 private:
  explicit Labels(std::string packed) : packed_(std::move(packed)) {}

  std::string packed_;
};

}  // namespace tidemark::tsdb

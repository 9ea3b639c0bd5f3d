#include "tsdb/index/series_index.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace tidemark::tsdb {
namespace {

// Between two looks at the clock.
constexpr size_t kValuesPerCheck = 4096;

class Checkpoint {
 public:
  explicit Checkpoint(const Cancellation* cancellation) : cancellation_(cancellation) {}
  Status Step() {
    if (cancellation_ == nullptr || ++steps_ % kValuesPerCheck != 0) return OkStatus();
    return cancellation_->Check();
  }

 private:
  const Cancellation* cancellation_;
  size_t steps_ = 0;
};

bool ReachedLimit(const std::vector<std::string>& out, size_t limit) {
  return limit != 0 && out.size() >= limit;
}

}  // namespace

void SeriesIndex::Add(IndexedSeries& series) {
  WriterLock lock(mutex_);
  series.ref = static_cast<DenseRef>(series_.size());
  series_.push_back(&series);
  for (const LabelView label : series.labels) {
    auto name = names_.find(label.name);
    if (name == names_.end()) name = names_.try_emplace(std::string(label.name)).first;
    auto value = name->second.find(label.value);
    if (value == name->second.end()) {
      value = name->second.try_emplace(std::string(label.value)).first;
    }
    value->second.Add(series.ref);
  }
}

size_t SeriesIndex::size() const {
  ReaderLock lock(mutex_);
  return series_.size();
}

const SeriesIndex::Values* SeriesIndex::ValuesOf(std::string_view name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? nullptr : &found->second;
}

// For a matcher that "" does not match: the union of what its values have.
StatusOr<Roaring> SeriesIndex::Matching(const Matcher& matcher,
                                        const Cancellation* cancellation) const {
  Roaring out;
  const Values* values = ValuesOf(matcher.name());
  if (values == nullptr) return out;
  if (matcher.op() == Matcher::Op::kEqual) {
    const auto found = values->find(matcher.value());
    return found == values->end() ? out : found->second.ToRoaring();
  }
  Checkpoint checkpoint(cancellation);
  for (const auto& [value, postings] : *values) {
    RETURN_IF_ERROR(checkpoint.Step());
    if (matcher.Matches(value)) postings.AddTo(out);
  }
  return out;
}

// For a matcher that "" does match: series without the label stay, so those of
// the values that do not match go.
Status SeriesIndex::RemoveUnmatched(const Matcher& matcher, const Cancellation* cancellation,
                                    Roaring& set) const {
  const Values* values = ValuesOf(matcher.name());
  if (values == nullptr) return OkStatus();
  if (matcher.op() == Matcher::Op::kNotEqual) {
    const auto found = values->find(matcher.value());
    if (found != values->end()) found->second.RemoveFrom(set);
    return OkStatus();
  }
  Checkpoint checkpoint(cancellation);
  for (const auto& [value, postings] : *values) {
    RETURN_IF_ERROR(checkpoint.Step());
    if (!matcher.Matches(value)) postings.RemoveFrom(set);
  }
  return OkStatus();
}

StatusOr<Roaring> SeriesIndex::Resolve(std::span<const Matcher> matchers,
                                       const Cancellation* cancellation) const {
  std::vector<Roaring> sets;
  for (const Matcher& matcher : matchers) {
    // {a!=""} has the empty value on its other side: every series with a.
    if (matcher.MatchesEmpty()) continue;
    ASSIGN_OR_RETURN(Roaring set, Matching(matcher, cancellation));
    if (set.isEmpty()) return Roaring();
    sets.push_back(std::move(set));
  }
  Roaring out;
  if (sets.empty()) {
    out.addRange(0, series_.size());
  } else {
    // Smallest first, so that no intermediate is larger than it.
    std::sort(sets.begin(), sets.end(),
              [](const Roaring& a, const Roaring& b) { return a.cardinality() < b.cardinality(); });
    out = std::move(sets[0]);
    for (size_t i = 1; i < sets.size() && !out.isEmpty(); ++i) out &= sets[i];
  }
  for (const Matcher& matcher : matchers) {
    if (out.isEmpty()) break;
    if (matcher.MatchesEmpty()) RETURN_IF_ERROR(RemoveUnmatched(matcher, cancellation, out));
  }
  return out;
}

StatusOr<std::vector<const IndexedSeries*>> SeriesIndex::Select(
    std::span<const Matcher> matchers, const Cancellation* cancellation) const {
  ReaderLock lock(mutex_);
  ASSIGN_OR_RETURN(const Roaring set, Resolve(matchers, cancellation));
  std::vector<DenseRef> refs(set.cardinality());
  set.toUint32Array(refs.data());
  std::vector<const IndexedSeries*> out;
  out.reserve(refs.size());
  for (const DenseRef ref : refs) out.push_back(series_[ref]);
  return out;
}

StatusOr<std::vector<std::string>> SeriesIndex::LabelNames(std::span<const Matcher> matchers,
                                                           size_t limit) const {
  ReaderLock lock(mutex_);
  std::optional<Roaring> set;
  if (!matchers.empty()) {
    ASSIGN_OR_RETURN(set, Resolve(matchers, nullptr));
  }
  std::vector<std::string> out;
  for (const auto& [name, values] : names_) {
    if (ReachedLimit(out, limit)) break;
    const bool used = !set || std::any_of(values.begin(), values.end(), [&set](const auto& value) {
      return value.second.Intersects(*set);
    });
    if (used) out.push_back(name);
  }
  return out;
}

StatusOr<std::vector<std::string>> SeriesIndex::LabelValues(std::string_view name,
                                                            std::span<const Matcher> matchers,
                                                            size_t limit) const {
  ReaderLock lock(mutex_);
  std::vector<std::string> out;
  const Values* values = ValuesOf(name);
  if (values == nullptr) return out;
  std::optional<Roaring> set;
  if (!matchers.empty()) {
    ASSIGN_OR_RETURN(set, Resolve(matchers, nullptr));
  }
  for (const auto& [value, postings] : *values) {
    if (ReachedLimit(out, limit)) break;
    if (!set || postings.Intersects(*set)) out.push_back(value);
  }
  return out;
}

}  // namespace tidemark::tsdb

#include "tsdb/index/series_index.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace tidemark::tsdb {
namespace {

// Between two looks at the clock.
constexpr size_t kStepsPerCheck = 4096;
// Copied out under one hold of the lock, which new series wait for.
constexpr size_t kSeriesPerHold = 4096;
// A series in a set costs about as much to look at as four values of a label.
constexpr size_t kValuesPerSeries = 4;

class Checkpoint {
 public:
  explicit Checkpoint(const Cancellation* cancellation) : cancellation_(cancellation) {}
  Status Step() {
    if (cancellation_ == nullptr || ++steps_ % kStepsPerCheck != 0) return OkStatus();
    return cancellation_->Check();
  }

 private:
  const Cancellation* cancellation_;
  size_t steps_ = 0;
};

bool ReachedLimit(const std::vector<std::string>& out, size_t limit) {
  return limit != 0 && out.size() >= limit;
}

bool MatchesAll(std::span<const Matcher> matchers, const Labels& labels) {
  return std::all_of(matchers.begin(), matchers.end(),
                     [&labels](const Matcher& m) { return m.Matches(labels.Get(m.name())); });
}

bool IsNegative(const Matcher& matcher) {
  return matcher.op() == Matcher::Op::kNotEqual || matcher.op() == Matcher::Op::kNotRegex;
}

// One series may be met under two refs when it was removed and added between.
void KeepOnce(std::vector<IndexedSeries>& series) {
  std::sort(series.begin(), series.end(),
            [](const IndexedSeries& a, const IndexedSeries& b) { return a.id < b.id; });
  const auto same = [](const IndexedSeries& a, const IndexedSeries& b) { return a.id == b.id; };
  series.erase(std::unique(series.begin(), series.end(), same), series.end());
}

// A list of pairs, and about as much for the postings that have the series.
size_t BytesOfEntry(size_t pairs) {
  constexpr size_t kMallocBytes = 16;
  return sizeof(SeriesId) + sizeof(void*) + kMallocBytes + (pairs + 1) * 2 * sizeof(PairRef);
}

std::vector<DenseRef> ToVector(const Roaring& set) {
  std::vector<DenseRef> out(set.cardinality());
  set.toUint32Array(out.data());
  return out;
}

}  // namespace

// ---------------------------------------------------------------- changes

SeriesIndex::Added SeriesIndex::Add(const Labels& labels, SeriesId id) {
  WriterLock lock(mutex_);
  DenseRef ref = static_cast<DenseRef>(series_.size());
  if (free_.empty()) {
    series_.emplace_back();
  } else {
    ref = free_.back();
    free_.pop_back();
  }
  const auto n = static_cast<PairRef>(labels.size());
  Entry& entry = series_[ref];
  entry.id = id;
  entry.pairs.reset(new PairRef[n + 1]);
  entry.pairs[0] = n;
  size_t bytes = BytesOfEntry(n);
  PairRef* next = entry.pairs.get() + 1;
  for (const LabelView label : labels) {
    const PairRef pair = pairs_.FindOrAdd(label.name, label.value);
    Postings& postings = pairs_.postings(pair);
    if (postings.empty()) bytes += pairs_.SizeBytes(pair);
    postings.Add(ref);
    *next++ = pair;
  }
  used_.add(ref);
  ids_[static_cast<uint32_t>(id >> 32)].add(static_cast<uint32_t>(id));
  return {ref, bytes};
}

size_t SeriesIndex::Remove(DenseRef ref) {
  WriterLock lock(mutex_);
  Entry& entry = series_[ref];
  size_t bytes = BytesOfEntry(entry.pairs[0]);
  for (PairRef i = 1; i <= entry.pairs[0]; ++i) {
    const PairRef pair = entry.pairs[i];
    pairs_.postings(pair).Remove(ref);
    if (!pairs_.postings(pair).empty()) continue;
    bytes += pairs_.SizeBytes(pair);
    pairs_.Remove(pair);
  }
  entry.pairs.reset();
  used_.remove(ref);
  const auto ids = ids_.find(static_cast<uint32_t>(entry.id >> 32));
  ids->second.remove(static_cast<uint32_t>(entry.id));
  if (ids->second.isEmpty()) ids_.erase(ids);
  free_.push_back(ref);
  ++removals_;
  return bytes;
}

size_t SeriesIndex::size() const {
  ReaderLock lock(mutex_);
  return series_.size() - free_.size();
}

Roaring SeriesIndex::Missing(uint32_t ordinal, const Roaring& counters) const {
  ReaderLock lock(mutex_);
  const auto found = ids_.find(ordinal);
  return found == ids_.end() ? counters : counters - found->second;
}

// ---------------------------------------------------------------- resolving

// One Select's way from matchers to refs.  First the matchers that name their
// values are intersected, smallest first; then each of the others either asks
// the series that are left for their value, or the values for their series,
// whichever are fewer.
//
// Threads: one, which holds the index's lock.
class SeriesIndex::Resolver {
 public:
  Resolver(const SeriesIndex& index, std::span<const Matcher> matchers,
           const Cancellation* cancellation) ABSL_SHARED_LOCKS_REQUIRED(index.mutex_)
      : pairs_(index.pairs_),
        series_(index.series_),
        used_(index.used_),
        matchers_(matchers),
        checkpoint_(cancellation) {}

  StatusOr<Roaring> Run() {
    TakeLiterals();
    for (const Matcher& matcher : matchers_) {
      if (set_ && set_->isEmpty()) break;
      if (!IsLookup(matcher)) RETURN_IF_ERROR(Take(matcher));
    }
    return set_ ? *std::move(set_) : used_;
  }

 private:
  // The series must have one of a few values.
  static bool IsLookup(const Matcher& matcher) {
    return matcher.literals() != nullptr && !matcher.MatchesEmpty() && !IsNegative(matcher);
  }

  struct Lookup {
    std::vector<const Postings*> postings;
    size_t size = 0;
  };

  Lookup Find(const Matcher& matcher) const {
    Lookup out;
    const LabelPairs::Values* values = pairs_.Find(matcher.name());
    if (values == nullptr) return out;
    for (const std::string& literal : *matcher.literals()) {
      const auto found = values->find(std::string_view(literal));
      if (found == values->end()) continue;
      out.postings.push_back(&pairs_.postings(*found));
      out.size += out.postings.back()->size();
    }
    return out;
  }

  void TakeLiterals() {
    std::vector<Lookup> lookups;
    for (const Matcher& matcher : matchers_) {
      if (IsLookup(matcher)) lookups.push_back(Find(matcher));
    }
    std::sort(lookups.begin(), lookups.end(),
              [](const Lookup& a, const Lookup& b) { return a.size < b.size; });
    for (const Lookup& lookup : lookups) {
      if (set_ && lookup.postings.size() == 1) {
        lookup.postings[0]->IntersectInto(*set_);
        continue;
      }
      Roaring all;
      for (const Postings* postings : lookup.postings) postings->AddTo(all);
      Intersect(std::move(all));
    }
  }

  void Intersect(Roaring other) {
    if (set_) {
      *set_ &= other;
    } else {
      set_ = std::move(other);
    }
  }

  Status Take(const Matcher& matcher) {
    const LabelPairs::Values* values = pairs_.Find(matcher.name());
    if (values == nullptr) {
      if (!matcher.MatchesEmpty()) set_ = Roaring();
      return OkStatus();
    }
    const bool excludes_few = matcher.literals() != nullptr && matcher.MatchesEmpty();
    if (!excludes_few && set_ && set_->cardinality() < kValuesPerSeries * values->size()) {
      return FilterSeries(matcher);
    }
    if (matcher.MatchesEmpty()) return RemoveUnmatched(matcher, *values);
    return TakeMatching(matcher, *values);
  }

  // Asks every series that is left; each value once.
  Status FilterSeries(const Matcher& matcher) {
    absl::flat_hash_map<PairRef, bool> known;
    const bool without = matcher.MatchesEmpty();
    std::vector<DenseRef> kept;
    for (const DenseRef ref : ToVector(*set_)) {
      RETURN_IF_ERROR(checkpoint_.Step());
      const PairRef* pair = PairOf(series_[ref], matcher.name());
      bool matches = without;
      if (pair != nullptr) {
        const auto [at, added] = known.try_emplace(*pair, false);
        if (added) at->second = matcher.Matches(pairs_.value(*pair));
        matches = at->second;
      }
      if (matches) kept.push_back(ref);
    }
    set_ = Roaring(kept.size(), kept.data());
    return OkStatus();
  }

  const PairRef* PairOf(const Entry& entry, std::string_view name) const {
    for (PairRef i = 1; i <= entry.pairs[0]; ++i) {
      if (pairs_.name(entry.pairs[i]) == name) return &entry.pairs[i];
    }
    return nullptr;
  }

  // For a matcher that "" does not match: the union of what its values have.
  Status TakeMatching(const Matcher& matcher, const LabelPairs::Values& values) {
    auto at = values.begin();
    const std::string* high = nullptr;
    if (!IsNegative(matcher)) {
      at = values.lower_bound(matcher.bounds().low);
      high = matcher.bounds().high;
    }
    Roaring all;
    for (; at != values.end(); ++at) {
      RETURN_IF_ERROR(checkpoint_.Step());
      const std::string_view value = pairs_.value(*at);
      if (high != nullptr && value > *high) break;
      if (matcher.Matches(value)) pairs_.postings(*at).AddTo(all);
    }
    Intersect(std::move(all));
    return OkStatus();
  }

  // For a matcher that "" does match: series without the label stay, so those
  // of the values that do not match go.
  Status RemoveUnmatched(const Matcher& matcher, const LabelPairs::Values& values) {
    if (!set_) set_ = used_;
    if (IsNegative(matcher) && matcher.literals() != nullptr) {
      for (const Postings* postings : Find(matcher).postings) postings->RemoveFrom(*set_);
      return OkStatus();
    }
    for (const PairRef pair : values) {
      RETURN_IF_ERROR(checkpoint_.Step());
      if (!matcher.Matches(pairs_.value(pair))) pairs_.postings(pair).RemoveFrom(*set_);
    }
    return OkStatus();
  }

  const LabelPairs& pairs_;
  const std::deque<Entry>& series_;
  const Roaring& used_;
  const std::span<const Matcher> matchers_;
  Checkpoint checkpoint_;
  std::optional<Roaring> set_;  // nothing: all series
};

// ---------------------------------------------------------------- answers

Labels SeriesIndex::LabelsOfEntry(const Entry& entry) const {
  std::vector<LabelView> views;
  views.reserve(entry.pairs[0]);
  for (PairRef i = 1; i <= entry.pairs[0]; ++i) {
    views.push_back({pairs_.name(entry.pairs[i]), pairs_.value(entry.pairs[i])});
  }
  return Labels::FromSortedViews(views);
}

Labels SeriesIndex::LabelsOf(DenseRef ref) const {
  ReaderLock lock(mutex_);
  return LabelsOfEntry(series_[ref]);
}

uint64_t SeriesIndex::removals() const {
  ReaderLock lock(mutex_);
  return removals_;
}

void SeriesIndex::CopyOut(std::span<const DenseRef> refs, std::vector<IndexedSeries>& out) const {
  for (const DenseRef ref : refs) {
    const Entry& entry = series_[ref];
    if (entry.pairs != nullptr) out.push_back({LabelsOfEntry(entry), entry.id});
  }
}

StatusOr<std::vector<IndexedSeries>> SeriesIndex::Select(std::span<const Matcher> matchers,
                                                         const Cancellation* cancellation) const {
  std::vector<DenseRef> refs;
  uint64_t removals;
  {
    ReaderLock lock(mutex_);
    ASSIGN_OR_RETURN(const Roaring set, Resolver(*this, matchers, cancellation).Run());
    refs = ToVector(set);
    removals = removals_;
  }
  std::vector<IndexedSeries> out;
  out.reserve(refs.size());
  bool changed = false;
  for (size_t i = 0; i < refs.size(); i += kSeriesPerHold) {
    if (cancellation != nullptr) RETURN_IF_ERROR(cancellation->Check());
    ReaderLock lock(mutex_);
    const size_t first = out.size();
    CopyOut(std::span(refs).subspan(i, std::min(kSeriesPerHold, refs.size() - i)), out);
    if (removals_ == removals) continue;
    // A ref may be another series' now, which must match, too.
    changed = true;
    const auto others = std::remove_if(
        out.begin() + static_cast<ptrdiff_t>(first), out.end(),
        [&matchers](const IndexedSeries& one) { return !MatchesAll(matchers, one.labels); });
    out.erase(others, out.end());
  }
  if (changed) KeepOnce(out);
  return out;
}

StatusOr<std::vector<std::string>> SeriesIndex::LabelNames(std::span<const Matcher> matchers,
                                                           size_t limit) const {
  ReaderLock lock(mutex_);
  std::optional<Roaring> set;
  if (!matchers.empty()) {
    ASSIGN_OR_RETURN(set, Resolver(*this, matchers, nullptr).Run());
  }
  std::vector<std::string> out;
  for (const auto& [name, values] : pairs_.names()) {
    if (ReachedLimit(out, limit)) break;
    const auto used = [this, &set](PairRef pair) ABSL_NO_THREAD_SAFETY_ANALYSIS {
      return pairs_.postings(pair).Intersects(*set);
    };
    if (!set || std::any_of(values.begin(), values.end(), used)) out.push_back(name);
  }
  return out;
}

StatusOr<std::vector<std::string>> SeriesIndex::LabelValues(std::string_view name,
                                                            std::span<const Matcher> matchers,
                                                            size_t limit) const {
  ReaderLock lock(mutex_);
  std::vector<std::string> out;
  const LabelPairs::Values* values = pairs_.Find(name);
  if (values == nullptr) return out;
  std::optional<Roaring> set;
  if (!matchers.empty()) {
    ASSIGN_OR_RETURN(set, Resolver(*this, matchers, nullptr).Run());
  }
  for (const PairRef pair : *values) {
    if (ReachedLimit(out, limit)) break;
    if (!set || pairs_.postings(pair).Intersects(*set)) out.emplace_back(pairs_.value(pair));
  }
  return out;
}

LabelCount SeriesIndex::CountValues(std::string_view name, const LabelPairs::Values& values,
                                    const Roaring* set, size_t top) const {
  LabelCount out;
  out.name = name;
  std::vector<std::pair<size_t, PairRef>> counts;
  counts.reserve(set == nullptr ? values.size() : 0);
  for (const PairRef pair : values) {
    const Postings& postings = pairs_.postings(pair);
    const size_t n = set == nullptr ? postings.size() : postings.IntersectionSize(*set);
    if (n == 0) continue;
    out.series += n;
    counts.emplace_back(n, pair);
  }
  out.values = counts.size();
  const auto middle = counts.begin() + static_cast<ptrdiff_t>(std::min(top, counts.size()));
  const auto before = [this](const auto& a, const auto& b) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    if (a.first != b.first) return a.first > b.first;
    return pairs_.value(a.second) < pairs_.value(b.second);
  };
  std::partial_sort(counts.begin(), middle, counts.end(), before);
  for (auto at = counts.begin(); at != middle; ++at) {
    out.top.push_back({std::string(pairs_.value(at->second)), at->first});
  }
  return out;
}

StatusOr<LabelCounts> SeriesIndex::CountLabels(std::span<const Matcher> matchers,
                                               std::span<const std::string> names,
                                               size_t top) const {
  ReaderLock lock(mutex_);
  LabelCounts out;
  out.all_series = used_.cardinality();
  out.series = out.all_series;
  std::optional<Roaring> set;
  if (!matchers.empty()) {
    ASSIGN_OR_RETURN(set, Resolver(*this, matchers, nullptr).Run());
    out.series = set->cardinality();
  }
  const auto count = [&](std::string_view name, const LabelPairs::Values& values)
                         ABSL_NO_THREAD_SAFETY_ANALYSIS {
                           LabelCount one = CountValues(name, values, set ? &*set : nullptr, top);
                           if (one.values > 0) out.labels.push_back(std::move(one));
                         };
  if (names.empty()) {
    for (const auto& [name, values] : pairs_.names()) count(name, values);
  }
  for (const std::string& name : names) {
    const LabelPairs::Values* values = pairs_.Find(name);
    if (values != nullptr) count(name, *values);
  }
  return out;
}

}  // namespace tidemark::tsdb

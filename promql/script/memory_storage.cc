#include "promql/script/memory_storage.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace tidemark::promql {
namespace {

using tsdb::Labels;
using tsdb::Matcher;
using tsdb::SampleRun;

using Run = MemoryStorage::Run;
using SeriesMap = MemoryStorage::SeriesMap;

bool MatchesAll(const Labels& labels, std::span<const Matcher> matchers) {
  return std::all_of(matchers.begin(), matchers.end(),
                     [&](const Matcher& m) { return m.Matches(labels.Get(m.name())); });
}

bool HasSampleIn(const std::vector<Run>& runs, int64_t start, int64_t end) {
  return std::any_of(runs.begin(), runs.end(), [&](const Run& run) {
    auto first = std::lower_bound(run.t.begin(), run.t.end(), start);
    return first != run.t.end() && *first <= end;
  });
}

// The part of `run` with times in [start, end].
SampleRun Cut(const Run& run, int64_t start, int64_t end, bool start_times) {
  const size_t from = std::lower_bound(run.t.begin(), run.t.end(), start) - run.t.begin();
  const size_t to = std::upper_bound(run.t.begin(), run.t.end(), end) - run.t.begin();
  const size_t n = to > from ? to - from : 0;
  SampleRun cut;
  cut.t = std::span(run.t).subspan(from, n);
  if (run.h.empty()) {
    cut.v = std::span(run.v).subspan(from, n);
  } else {
    cut.h = std::span(run.h).subspan(from, n);
  }
  if (start_times && !run.start.empty()) cut.start = std::span(run.start).subspan(from, n);
  return cut;
}

void AddStart(Run& run, int64_t start) {
  if (start != 0 && run.start.empty()) run.start.resize(run.t.size() - 1);
  if (start != 0 || !run.start.empty()) run.start.push_back(start);
}

class MemoryIterator : public tsdb::SampleIterator {
 public:
  MemoryIterator(const std::vector<Run>& runs, int64_t start, int64_t end, bool start_times)
      : runs_(runs), start_(start), end_(end), start_times_(start_times) {}

  bool Next() override {
    while (next_ < runs_.size()) {
      run_ = Cut(runs_[next_++], start_, end_, start_times_);
      if (run_.size() > 0) return true;
    }
    run_ = {};
    return false;
  }

  bool Seek(int64_t t) override {
    if (run_.size() > 0 && run_.t.back() >= t) --next_;
    start_ = std::max({start_, t, run_.size() > 0 ? run_.t.front() : t});
    return Next();
  }

  const SampleRun& run() const override { return run_; }
  Status status() const override { return OkStatus(); }

 private:
  const std::vector<Run>& runs_;
  int64_t start_;
  const int64_t end_;
  const bool start_times_;
  size_t next_ = 0;
  SampleRun run_;
};

class MemorySet : public tsdb::SeriesSet {
 public:
  using Entry = const SeriesMap::value_type*;

  MemorySet(std::vector<Entry> series, int64_t start, int64_t end, bool start_times)
      : series_(std::move(series)), start_(start), end_(end), start_times_(start_times) {}

  size_t size() const override { return series_.size(); }
  const Labels& labels(size_t i) const override { return series_[i]->first; }
  std::unique_ptr<tsdb::SampleIterator> Samples(size_t i) const override {
    return std::make_unique<MemoryIterator>(series_[i]->second, start_, end_, start_times_);
  }

 private:
  const std::vector<Entry> series_;
  const int64_t start_;
  const int64_t end_;
  const bool start_times_;
};

class MemoryQuerier : public tsdb::Querier {
 public:
  MemoryQuerier(const SeriesMap& series, int64_t mint, int64_t maxt)
      : series_(series), mint_(mint), maxt_(maxt) {}

  StatusOr<std::unique_ptr<tsdb::SeriesSet>> Select(std::span<const Matcher> matchers,
                                                    const tsdb::SelectHints& hints) const override {
    if (std::all_of(matchers.begin(), matchers.end(),
                    [](const Matcher& m) { return m.MatchesEmpty(); })) {
      return InvalidArgument("no matcher excludes the empty value: it would select every series");
    }
    if (hints.cancellation != nullptr) RETURN_IF_ERROR(hints.cancellation->Check());
    const int64_t start = std::max(mint_, hints.start);
    const int64_t end = std::min(maxt_, hints.end);
    std::vector<MemorySet::Entry> found;
    for (const auto& entry : series_) {
      if (hints.limit > 0 && found.size() == hints.limit) break;
      if (!MatchesAll(entry.first, matchers) || !HasSampleIn(entry.second, start, end)) continue;
      found.push_back(&entry);
    }
    return std::make_unique<MemorySet>(std::move(found), start, end, hints.start_times);
  }

  StatusOr<std::vector<std::string>> LabelNames(std::span<const Matcher> matchers,
                                                size_t limit) const override {
    std::set<std::string> names;
    for (const auto& [labels, runs] : series_) {
      if (!MatchesAll(labels, matchers) || !HasSampleIn(runs, mint_, maxt_)) continue;
      for (tsdb::LabelView label : labels) names.emplace(label.name);
    }
    return FirstOf(names, limit);
  }

  StatusOr<std::vector<std::string>> LabelValues(std::string_view name,
                                                 std::span<const Matcher> matchers,
                                                 size_t limit) const override {
    std::set<std::string> values;
    for (const auto& [labels, runs] : series_) {
      if (!MatchesAll(labels, matchers) || !HasSampleIn(runs, mint_, maxt_)) continue;
      if (labels.Has(name)) values.emplace(labels.Get(name));
    }
    return FirstOf(values, limit);
  }

 private:
  static std::vector<std::string> FirstOf(const std::set<std::string>& all, size_t limit) {
    const size_t n = limit == 0 ? all.size() : std::min(limit, all.size());
    return {all.begin(), std::next(all.begin(), static_cast<ptrdiff_t>(n))};
  }

  const SeriesMap& series_;
  const int64_t mint_;
  const int64_t maxt_;
};

}  // namespace

StatusOr<Run*> MemoryStorage::RunFor(const Labels& labels, int64_t t, bool is_float) {
  std::vector<Run>& runs = series_[labels];
  if (!runs.empty() && runs.back().t.back() >= t) {
    return OutOfRange(fmt::format("{}: sample at {} is not after the one at {}", labels.ToString(),
                                  t, runs.back().t.back()));
  }
  if (runs.empty() || runs.back().t.size() >= max_run_ || runs.back().h.empty() != is_float) {
    runs.emplace_back();
  }
  return &runs.back();
}

Status MemoryStorage::Add(const Labels& labels, std::span<const tsdb::Sample> samples,
                          int64_t start) {
  for (const tsdb::Sample& sample : samples) {
    ASSIGN_OR_RETURN(auto* run, RunFor(labels, sample.t, true));
    run->t.push_back(sample.t);
    run->v.push_back(sample.v);
    AddStart(*run, start);
  }
  return OkStatus();
}

Status MemoryStorage::AddHistograms(const Labels& labels,
                                    std::span<const tsdb::HistogramSample> samples, int64_t start) {
  for (const tsdb::HistogramSample& sample : samples) {
    ASSIGN_OR_RETURN(auto* run, RunFor(labels, sample.t, false));
    run->t.push_back(sample.t);
    run->h.push_back(sample.h);
    AddStart(*run, start);
  }
  return OkStatus();
}

StatusOr<std::unique_ptr<tsdb::Querier>> MemoryStorage::NewQuerier(std::string_view, int64_t mint,
                                                                   int64_t maxt) const {
  return std::make_unique<MemoryQuerier>(series_, mint, maxt);
}

}  // namespace tidemark::promql

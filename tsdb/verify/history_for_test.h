// History: a small database with something of everything in it, and what it must
// answer after each step.
//
//   History history;
//   for (int i = 0; i < History::kSteps; ++i) ASSERT_TRUE(history.Step(*storage).ok());
//   EXPECT_EQ(*ReadContent(*storage), history.content());
//
// Floats, native histograms, start times, late samples, stale markers, exemplars,
// metadata, two tenants, deletes, and samples sent again after a delete.
#pragma once

#include <fmt/format.h>

#include <bit>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tsdb/base/coding.h"
#include "tsdb/model/random_histogram.h"
#include "tsdb/storage.h"

namespace tidemark::tsdb {

// All that a storage answers, a line for each sample, exemplar and metadata.
using Content = std::set<std::string>;

inline constexpr const char* kHistoryTenants[] = {"default", "other"};

inline std::string LineOf(double value) {
  return fmt::format("{:016x}", std::bit_cast<uint64_t>(value));
}
inline std::string SampleLine(std::string_view tenant, const Labels& labels, int64_t t,
                              const std::string& value, int64_t start) {
  return fmt::format("sample {} {} {} {} {}", tenant, labels.ToString(), t, value, start);
}
inline std::string ExemplarLine(std::string_view tenant, const Labels& labels,
                                const Exemplar& exemplar) {
  return fmt::format("exemplar {} {} {} {} {}", tenant, labels.ToString(), exemplar.t,
                     LineOf(exemplar.value), exemplar.labels.ToString());
}
inline std::string MetadataLine(std::string_view tenant, std::string_view metric,
                                const Metadata& metadata) {
  return fmt::format("metadata {} {} {} {} {}", tenant, metric, static_cast<int>(metadata.type),
                     metadata.help, metadata.unit);
}

class History {
 public:
  static constexpr int64_t kFirst = 1'767'225'600'000;  // 2026-01-01
  static constexpr int64_t kStepMs = 25 * 60'000;
  static constexpr int kSteps = 110;  // two days
  static constexpr int kSeries = 10;

  // Writes the next one; a seal is the caller's.
  Status Step(Storage& storage) {
    const int step = step_++;
    for (const std::string tenant : kHistoryTenants) {
      RETURN_IF_ERROR(Commit(storage, tenant, step));
      states_.push_back(content_);
      if (step % 30 != 29) continue;
      // Of the last hours, and of what was sealed long before.
      for (const int64_t mint : {TimeOf(step - 4), TimeOf(step / 2)}) {
        RETURN_IF_ERROR(Delete(storage, tenant, mint));
        states_.push_back(content_);
      }
    }
    return OkStatus();
  }

  const Content& content() const { return content_; }
  // The content after each commit and each delete, the last one included.
  const std::vector<Content>& states() const { return states_; }
  // Every line that was ever in it.
  const Content& ever() const { return ever_; }

  static Labels LabelsOf(int i) {
    return Labels::Must({{kMetricName, i % 3 == 0 ? "latency_seconds" : "requests_total"},
                         {"instance", "gw-" + std::to_string(i)}});
  }
  static int64_t TimeOf(int step) { return kFirst + step * kStepMs; }

 private:
  static bool IsHistogram(int i) { return i % 3 == 0; }
  static int64_t StartOf(int i) { return i % 2 == 0 ? kFirst - 1000 * i : 0; }

  void Put(const std::string& line) {
    content_.insert(line);
    ever_.insert(line);
  }

  Status Commit(Storage& storage, const std::string& tenant, int step) {
    const auto app = storage.NewAppender(tenant);
    for (int i = 0; i < kSeries; ++i) {
      // Some series end, some begin late.
      if (i == 7 && step > kSteps / 2) continue;
      if (i == 8 && step < kSteps / 2) continue;
      ASSIGN_OR_RETURN(const SeriesRef ref, app->GetSeries(LabelsOf(i)));
      RETURN_IF_ERROR(Append(*app, ref, tenant, i, TimeOf(step)));
      // Late, and where a delete may have been before.
      if (step % 10 == 9) RETURN_IF_ERROR(Append(*app, ref, tenant, i, TimeOf(step - 6) + 1 + i));
      if (step % 5 == 0) RETURN_IF_ERROR(AddExemplar(*app, ref, tenant, i, TimeOf(step)));
    }
    const Metadata metadata{MetricType::kCounter, "Requests.", "s"};
    RETURN_IF_ERROR(app->SetMetadata("requests_total", metadata));
    Put(MetadataLine(tenant, "requests_total", metadata));
    return app->Commit().status();
  }

  Status Append(Appender& app, SeriesRef ref, const std::string& tenant, int i, int64_t t) {
    const int64_t start = StartOf(i);
    if (!IsHistogram(i)) {
      const double v = static_cast<double>(t / 1000 % 10'007 * (i + 1)) / (i + 1 + 6);
      Put(SampleLine(tenant, LabelsOf(i), t, LineOf(v), start));
      return app.Append(ref, {t, v}, start);
    }
    const FloatHistogram h = RandomHistograms(static_cast<uint64_t>(t + i)).Any();
    Put(SampleLine(tenant, LabelsOf(i), t, h.ToString(), start));
    return app.AppendHistogram(ref, t, h, start);
  }

  Status AddExemplar(Appender& app, SeriesRef ref, const std::string& tenant, int i, int64_t t) {
    const Exemplar exemplar{Labels::Must({{"trace", std::to_string(t)}}), i + 0.5, t};
    Put(ExemplarLine(tenant, LabelsOf(i), exemplar));
    return app.AppendExemplar(ref, exemplar);
  }

  // An hour of half of the series.
  Status Delete(Storage& storage, const std::string& tenant, int64_t mint) {
    ASSIGN_OR_RETURN(const Matcher matcher,
                     Matcher::Make(Matcher::Op::kRegex, "instance", "gw-[0-4]"));
    const int64_t maxt = mint + 3'600'000;
    RETURN_IF_ERROR(storage.Delete(tenant, {&matcher, 1}, mint, maxt).status());
    for (int i = 0; i < 5; ++i) Forget(tenant, LabelsOf(i), mint, maxt);
    return OkStatus();
  }

  void Forget(std::string_view tenant, const Labels& labels, int64_t mint, int64_t maxt) {
    for (const char* what : {"sample", "exemplar"}) {
      const std::string prefix = fmt::format("{} {} {} ", what, tenant, labels.ToString());
      // Times of 2026 have 13 digits.
      content_.erase(content_.lower_bound(prefix + std::to_string(mint)),
                     content_.lower_bound(prefix + std::to_string(maxt + 1)));
    }
  }

  int step_ = 0;
  Content content_;
  std::vector<Content> states_;
  Content ever_;
};

// ---------------------------------------------------------------- reading

// What could be read, and what went wrong with the rest.
struct ReadResult {
  Content content;
  std::vector<Status> errors;
  // Samples of these series and times, both inclusive, are part of the errors.
  struct Gap {
    std::string prefix;  // of the lines of the series
    int64_t mint;
    int64_t maxt;
  };
  std::vector<Gap> gaps;
};

// Adds the lines of one series within [mint, maxt].
inline Status ReadSeries(const SeriesSet& set, size_t i, std::string_view tenant, Content& out) {
  Content lines;
  const auto it = set.Samples(i);
  while (it->Next()) {
    const SampleRun& run = it->run();
    for (size_t k = 0; k < run.size(); ++k) {
      const int64_t start = run.start.empty() ? 0 : run.start[k];
      const std::string value = run.is_float() ? LineOf(run.v[k]) : run.h[k].ToString();
      lines.insert(SampleLine(tenant, set.labels(i), run.t[k], value, start));
    }
  }
  RETURN_IF_ERROR(it->status());
  out.merge(lines);
  return OkStatus();
}

inline StatusOr<std::unique_ptr<SeriesSet>> SelectAll(const Storage& storage,
                                                      std::string_view tenant, int64_t mint,
                                                      int64_t maxt,
                                                      std::unique_ptr<Querier>& querier) {
  ASSIGN_OR_RETURN(querier, storage.NewQuerier(tenant, mint, maxt));
  ASSIGN_OR_RETURN(const Matcher any, Matcher::Make(Matcher::Op::kRegex, kMetricName, ".+"));
  SelectHints hints;
  hints.start_times = true;
  return querier->Select({&any, 1}, hints);
}

// The series that cannot be read as a whole, block by block.
inline void ReadPieces(const Storage& storage, std::string_view tenant, ReadResult& out) {
  constexpr int64_t kWindowMs = 4 * 3'600'000;
  const int64_t end = History::TimeOf(History::kSteps) + kWindowMs;
  for (int64_t last = History::kFirst - kWindowMs; last <= end; last += kWindowMs) {
    const int64_t first = last - kWindowMs + 1;
    std::unique_ptr<Querier> querier;
    const auto set = SelectAll(storage, tenant, first, last, querier);
    if (!set.ok()) {
      out.gaps.push_back({fmt::format("sample {} ", tenant), first, last});
      continue;
    }
    for (size_t i = 0; i < (*set)->size(); ++i) {
      if (ReadSeries(**set, i, tenant, out.content).ok()) continue;
      out.gaps.push_back(
          {fmt::format("sample {} {} ", tenant, (*set)->labels(i).ToString()), first, last});
    }
  }
}

inline void ReadSamples(const Storage& storage, std::string_view tenant, ReadResult& out) {
  std::unique_ptr<Querier> querier;
  const auto set = SelectAll(storage, tenant, std::numeric_limits<int64_t>::min(),
                             std::numeric_limits<int64_t>::max(), querier);
  bool whole = set.ok();
  if (!set.ok()) out.errors.push_back(set.status());
  for (size_t i = 0; set.ok() && i < (*set)->size(); ++i) {
    const Status read = ReadSeries(**set, i, tenant, out.content);
    if (!read.ok()) out.errors.push_back(read);
    whole &= read.ok();
  }
  if (!whole) ReadPieces(storage, tenant, out);
}

inline ReadResult ReadContent(const Storage& storage) {
  ReadResult out;
  const Matcher any = *Matcher::Make(Matcher::Op::kRegex, kMetricName, ".+");
  for (const char* tenant : kHistoryTenants) {
    ReadSamples(storage, tenant, out);
    for (const auto& [metric, metadata] : storage.MetricMetadata(tenant)) {
      out.content.insert(MetadataLine(tenant, metric, metadata));
    }
    const auto exemplars = storage.Exemplars(tenant, {&any, 1}, std::numeric_limits<int64_t>::min(),
                                             std::numeric_limits<int64_t>::max());
    if (!exemplars.ok()) {
      out.errors.push_back(exemplars.status());
      out.gaps.push_back({fmt::format("exemplar {} ", tenant), 0, 0});
      continue;
    }
    for (const SeriesExemplars& one : *exemplars) {
      for (const Exemplar& exemplar : one.exemplars) {
        out.content.insert(ExemplarLine(tenant, one.labels, exemplar));
      }
    }
  }
  return out;
}

// Lines of `whole` that are not in `part`, but for those in its gaps; "" if none.
inline std::string Missing(const Content& whole, const ReadResult& part) {
  for (const std::string& line : whole) {
    if (part.content.count(line) > 0) continue;
    bool excused = false;
    for (const ReadResult::Gap& gap : part.gaps) {
      if (!line.starts_with(gap.prefix)) continue;
      if (line.starts_with("exemplar")) excused = true;
      const size_t brace = line.find("} ");
      const int64_t t = brace == std::string::npos ? 0 : std::atoll(line.c_str() + brace + 2);
      excused |= t >= gap.mint && t <= gap.maxt;
    }
    if (!excused) return line;
  }
  return "";
}

// The first line of `part` that is not in `whole`; "" if none.
inline std::string Extra(const Content& part, const Content& whole) {
  for (const std::string& line : part) {
    if (whole.count(line) == 0) return line;
  }
  return "";
}

}  // namespace tidemark::tsdb

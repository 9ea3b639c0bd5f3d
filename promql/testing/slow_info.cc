// info(): labels of the info series that have the same instance and job.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "promql/parser/functions.h"
#include "promql/plan/info_shift.h"
#include "promql/testing/slow_evaluator.h"

namespace tidemark::promql {
namespace {

using tsdb::Labels;
using tsdb::Matcher;

const std::vector<std::string>& Identifying() {
  static const auto& names = *new std::vector<std::string>{"instance", "job"};
  return names;
}

bool IsPositive(const Matcher& m) {
  return m.op() == Matcher::Op::kEqual || m.op() == Matcher::Op::kRegex;
}

// What the names of info metrics must match.
std::vector<Matcher> NameMatchers(const VectorSelector* selector) {
  std::vector<Matcher> names;
  for (const Matcher& m : selector == nullptr ? std::vector<Matcher>() : selector->matchers) {
    if (m.name() == tsdb::kMetricName) names.push_back(m);
  }
  if (names.empty()) return {Matcher::Equal(tsdb::kMetricName, "target_info")};
  if (std::none_of(names.begin(), names.end(), IsPositive)) {
    names.push_back(*Matcher::Make(Matcher::Op::kRegex, tsdb::kMetricName, ".+_info"));
  }
  return names;
}

bool MatchAll(const std::vector<Matcher>& matchers, const Labels& labels) {
  return std::all_of(matchers.begin(), matchers.end(),
                     [&](const Matcher& m) { return m.Matches(labels.Get(m.name())); });
}

}  // namespace

SlowVectors SlowEvaluator::EvalInfo(const Call& call, const SlowTimes& times) {
  const auto* selector =
      call.args.size() > 1 ? As<VectorSelector>(Unwrap(call.args[1].get())) : nullptr;
  const std::vector<Matcher> names = NameMatchers(selector);
  std::vector<Matcher> data;
  for (const Matcher& m : selector == nullptr ? std::vector<Matcher>() : selector->matchers) {
    if (m.name() != tsdb::kMetricName) data.push_back(m);
  }
  const bool required =
      std::any_of(data.begin(), data.end(), [](const Matcher& m) { return !m.MatchesEmpty(); });
  const StatusOr<ResolvedShift> shift = InfoShift(*call.args[0], query_);
  SlowVectors results(times.size());
  if (!shift.ok()) {
    error_ = shift.status();
    return results;
  }
  const SlowVectors bases = Eval(*call.args[0], times);
  bool any_base = false;
  for (const SlowVector& vector : bases) {
    for (const SlowSample& s : vector) any_base |= !MatchAll(names, s.labels);
  }

  for (size_t i = 0; i < times.size(); ++i) {
    // The newest info series of each metric, instance and job.
    std::map<Labels, SlowSample> infos;
    const int64_t t = shift->at.value_or(times[i]) - shift->offset_ms;
    for (const SlowSeries& series : data_) {
      if (!any_base || bases[i].empty()) break;
      if (!MatchAll(names, series.labels) || !MatchAll(data, series.labels)) continue;
      const SlowPoint* p = Newest(series.points, t);
      if (p == nullptr) continue;
      const Labels key =
          series.labels.Keep(Identifying()).With(tsdb::kMetricName, series.labels.metric_name());
      const bool of_a_base = std::any_of(bases.begin(), bases.end(), [&](const SlowVector& v) {
        return std::any_of(v.begin(), v.end(), [&](const SlowSample& s) {
          return !MatchAll(names, s.labels) && (s.labels.Has("instance") || s.labels.Has("job"));
        });
      });
      if (!of_a_base) continue;
      if (p->h != nullptr) Fail("info sample should be float");
      const auto [it, added] =
          infos.emplace(key, SlowSample{series.labels, p->f, p->h, false, p->t, p->start});
      if (added) continue;
      if (it->second.t == p->t) {
        Fail(fmt::format("found duplicate series for info metric: existing {} @ {}, new {} @ {}",
                         it->second.labels.ToString(), p->t, series.labels.ToString(), p->t));
      } else if (it->second.t < p->t) {
        it->second = {series.labels, p->f, p->h, false, p->t, p->start};
      }
    }

    for (const SlowSample& base : bases[i]) {
      if (MatchAll(names, base.labels)) {
        results[i].push_back(base);
        continue;
      }
      SlowSample enriched = base;
      bool matched = false;
      std::map<std::string, std::string> added;
      for (const auto& [key, info] : infos) {
        if (key.DropMetricName() != base.labels.Keep(Identifying())) continue;
        matched = true;
        for (const tsdb::LabelView label : info.labels) {
          const bool wanted = data.empty() || std::any_of(data.begin(), data.end(), [&](auto& m) {
                                return m.name() == label.name;
                              });
          if (label.name == tsdb::kMetricName || !wanted) continue;
          if (base.labels.Has(label.name)) continue;
          const auto [it, is_new] = added.emplace(label.name, label.value);
          if (!is_new && it->second != label.value) {
            Fail(fmt::format("conflicting label: {}", label.name));
          }
        }
      }
      if (!matched && required) continue;
      for (const auto& [name, value] : added) enriched.labels = enriched.labels.With(name, value);
      results[i].push_back(std::move(enriched));
    }
  }
  RefuseDuplicates(results);
  return results;
}

}  // namespace tidemark::promql

#include "promql/functions/info_matchers.h"

#include <re2/re2.h>

#include <algorithm>
#include <set>
#include <string>

#include "promql/functions/info_series.h"
#include "tsdb/base/check.h"

namespace tidemark::promql {
namespace {

using tsdb::Labels;
using tsdb::Matcher;

bool IsPositive(const Matcher& m) {
  return m.op() == Matcher::Op::kEqual || m.op() == Matcher::Op::kRegex;
}

Matcher MustRegex(std::string_view name, std::string_view pattern) {
  StatusOr<Matcher> matcher = Matcher::Make(Matcher::Op::kRegex, name, pattern);
  CHECK(matcher.ok(), "a pattern of our own making is no regular expression");
  return *std::move(matcher);
}

Matcher AnyOf(std::string_view name, const std::set<std::string, std::less<>>& values) {
  std::string pattern;
  for (const std::string& value : values) {
    pattern += (pattern.empty() ? "" : "|") + re2::RE2::QuoteMeta(value);
  }
  return MustRegex(name, pattern);
}

}  // namespace

InfoMatchers::InfoMatchers(const VectorSelector* selector) {
  if (selector != nullptr) {
    for (const Matcher& m : selector->matchers) {
      (m.name() == tsdb::kMetricName ? names_ : data_).push_back(m);
    }
  }
  if (names_.empty()) {
    names_.push_back(Matcher::Equal(tsdb::kMetricName, "target_info"));
  } else if (std::none_of(names_.begin(), names_.end(), IsPositive)) {
    names_.insert(names_.begin(), MustRegex(tsdb::kMetricName, ".+_info"));
  }
  keeps_unmatched_ =
      std::all_of(data_.begin(), data_.end(), [](const Matcher& m) { return m.MatchesEmpty(); });
}

bool InfoMatchers::IsInfo(const Labels& labels) const {
  return std::all_of(names_.begin(), names_.end(),
                     [&](const Matcher& m) { return m.Matches(labels.metric_name()); });
}

bool InfoMatchers::Takes(std::string_view label) const {
  if (label == tsdb::kMetricName) return false;
  return data_.empty() || std::any_of(data_.begin(), data_.end(),
                                      [&](const Matcher& m) { return m.name() == label; });
}

std::vector<Matcher> InfoMatchers::Select(const std::vector<Labels>& bases) const {
  std::vector<Matcher> matchers;
  for (const std::string& name : IdentifyingLabels()) {
    std::set<std::string, std::less<>> values;
    for (const Labels& base : bases) {
      const std::string_view value = base.Get(name);
      if (!value.empty() && !IsInfo(base)) values.emplace(value);
    }
    if (!values.empty()) matchers.push_back(AnyOf(name, values));
  }
  if (matchers.empty()) return matchers;
  matchers.insert(matchers.end(), data_.begin(), data_.end());
  matchers.insert(matchers.end(), names_.begin(), names_.end());
  return matchers;
}

}  // namespace tidemark::promql

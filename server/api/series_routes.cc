// labels, label/{name}/values and series: what is there, without samples.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "proto/utf8.h"
#include "server/api/answer.h"
#include "server/api/api_context.h"
#include "server/api/params.h"
#include "server/api/value_json.h"
#include "tsdb/base/quote.h"

namespace tidemark::server {
namespace {

constexpr const char* kTruncated = "results truncated due to limit";

// What all three take.
struct Range {
  size_t limit = 0;
  int64_t start = 0;
  int64_t end = 0;

  // One more than asked for, to see that there was more.
  size_t lookup_limit() const { return limit == 0 ? 0 : limit + 1; }
};

StatusOr<Range> ReadRange(const HttpRequest& http) {
  Range range;
  ASSIGN_OR_RETURN(range.limit, Limit(http));
  ASSIGN_OR_RETURN(range.start, OptionalTime(http, "start", kMinTimeMs));
  ASSIGN_OR_RETURN(range.end, OptionalTime(http, "end", kMaxTimeMs));
  return range;
}

StatusOr<std::unique_ptr<tsdb::Querier>> OpenQuerier(const ApiContext& context,
                                                     const HttpRequest& http, const Range& range) {
  ASSIGN_OR_RETURN(const Scope scope, ScopeOf(context, http));
  return scope.storage->NewQuerier(scope.tenant, range.start, range.end);
}

using Texts = std::vector<std::string>;

// The union of what `look_up` finds for each set of matchers, sorted.
template <typename LookUp>
StatusOr<Texts> Union(const MatcherSets& sets, LookUp look_up) {
  if (sets.empty()) return look_up(std::span<const tsdb::Matcher>());
  Texts all;
  for (const auto& matchers : sets) {
    ASSIGN_OR_RETURN(Texts some, look_up(std::span<const tsdb::Matcher>(matchers)));
    if (sets.size() == 1) return some;
    all.insert(all.end(), std::make_move_iterator(some.begin()),
               std::make_move_iterator(some.end()));
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

HttpResponse TextsAnswer(const Texts& texts, size_t limit) {
  SuccessAnswer answer;
  const bool truncated = limit > 0 && texts.size() > limit;
  const size_t count = truncated ? limit : texts.size();
  answer.json().BeginArray();
  for (size_t i = 0; i < count; ++i) answer.json().Text(texts[i]);
  answer.json().EndArray();
  if (truncated) answer.AddWarning(kTruncated);
  return std::move(answer).Finish();
}

StatusOr<HttpResponse> LabelNames(const ApiContext& context, const HttpRequest& http) {
  ASSIGN_OR_RETURN(const Range range, ReadRange(http));
  ASSIGN_OR_RETURN(const MatcherSets sets, ParseMatchers(http));
  ASSIGN_OR_RETURN(const auto querier, OpenQuerier(context, http, range));
  ASSIGN_OR_RETURN(const Texts names, Union(sets, [&](auto matchers) {
                     return querier->LabelNames(matchers, range.lookup_limit());
                   }));
  return TextsAnswer(names, range.limit);
}

StatusOr<HttpResponse> LabelValues(const ApiContext& context, const HttpRequest& http) {
  const auto arg = http.path_args.find("name");
  const std::string name = UnescapeLabelName(arg == http.path_args.end() ? "" : arg->second);
  if (name.empty() || !proto::IsValidUtf8(name)) {
    return InvalidArgument(fmt::format("invalid label name: {}", Quoted(name)));
  }
  ASSIGN_OR_RETURN(const Range range, ReadRange(http));
  ASSIGN_OR_RETURN(const MatcherSets sets, ParseMatchers(http));
  ASSIGN_OR_RETURN(const auto querier, OpenQuerier(context, http, range));
  ASSIGN_OR_RETURN(const Texts values, Union(sets, [&](auto matchers) {
                     return querier->LabelValues(name, matchers, range.lookup_limit());
                   }));
  return TextsAnswer(values, range.limit);
}

HttpResponse SeriesAnswer(const std::set<tsdb::Labels>& series, size_t limit) {
  SuccessAnswer answer;
  size_t written = 0;
  answer.json().BeginArray();
  for (const tsdb::Labels& labels : series) {
    if (limit > 0 && written == limit) break;
    WriteLabels(answer.json(), labels);
    ++written;
  }
  answer.json().EndArray();
  if (written < series.size()) answer.AddWarning(kTruncated);
  return std::move(answer).Finish();
}

StatusOr<HttpResponse> Series(const ApiContext& context, const HttpRequest& http) {
  if (!http.HasParam("match[]")) return InvalidArgument("no match[] parameter provided");
  ASSIGN_OR_RETURN(const Range range, ReadRange(http));
  const StatusOr<MatcherSets> sets = ParseMatchers(http);
  if (!sets.ok()) return InvalidParameter("match[]", sets.status());
  ASSIGN_OR_RETURN(const auto querier, OpenQuerier(context, http, range));

  tsdb::SelectHints hints;
  hints.start = range.start;
  hints.end = range.end;
  hints.function = "series";  // of none: no samples will be read
  hints.limit = range.lookup_limit();
  hints.cancellation = http.hung_up;
  std::set<tsdb::Labels> found;
  for (const auto& matchers : *sets) {
    ASSIGN_OR_RETURN(const auto set, querier->Select(matchers, hints));
    for (size_t i = 0; i < set->size(); ++i) found.insert(set->labels(i));
  }
  return SeriesAnswer(found, range.limit);
}

}  // namespace

std::vector<Route> SeriesRoutes(const ApiContextPtr& context) {
  return {ApiRoute(context, "/api/v1/labels", LabelNames),
          ApiRoute(context, "/api/v1/label/{name}/values", LabelValues),
          ApiRoute(context, "/api/v1/series", Series)};
}

}  // namespace tidemark::server

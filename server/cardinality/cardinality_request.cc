#include "server/cardinality/cardinality_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "promql/parser/parse.h"
#include "proto/utf8.h"

namespace tidemark::server {
namespace {

constexpr int64_t kMaxLimit = 500;

Status ReadSelector(const HttpRequest& http, CardinalityRequest& out) {
  const auto selectors = http.ParamValues("selector");
  if (selectors.empty()) return OkStatus();
  if (selectors.size() > 1) return InvalidArgument("multiple 'selector' params are not allowed");
  StatusOr<std::vector<tsdb::Matcher>> matchers = promql::ParseMetricSelector(selectors[0]);
  if (!matchers.ok()) {
    return InvalidArgument(
        fmt::format("failed to parse selector: {}", MessageOf(matchers.status())));
  }
  out.matchers = *std::move(matchers);
  return OkStatus();
}

Status ReadLimit(const HttpRequest& http, CardinalityRequest& out) {
  const auto limits = http.ParamValues("limit");
  if (limits.empty()) return OkStatus();
  if (limits.size() > 1) return InvalidArgument("multiple 'limit' params are not allowed");
  const std::string_view text = limits[0];
  int64_t limit = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (stop != text.data() + text.size() || error != std::errc()) {
    return InvalidArgument(fmt::format("'limit' param is not a number: \"{}\"", text));
  }
  if (limit < 0) return InvalidArgument("'limit' param cannot be less than '0'");
  if (limit > kMaxLimit) return InvalidArgument("'limit' param cannot be greater than '500'");
  out.limit = static_cast<size_t>(limit);
  return OkStatus();
}

Status ReadLabelNames(const HttpRequest& http, CardinalityRequest& out) {
  for (const std::string_view name : http.ParamValues("label_names[]")) {
    if (name.empty() || !proto::IsValidUtf8(name)) {
      return InvalidArgument(fmt::format("invalid 'label_names' param '{}'", name));
    }
    out.label_names.emplace_back(name);
  }
  std::sort(out.label_names.begin(), out.label_names.end());
  out.label_names.erase(std::unique(out.label_names.begin(), out.label_names.end()),
                        out.label_names.end());
  return OkStatus();
}

Status CheckCountMethod(const HttpRequest& http) {
  const auto methods = http.ParamValues("count_method");
  if (methods.empty() || methods[0] == "inmemory" || methods[0] == "active") return OkStatus();
  return InvalidArgument(fmt::format(
      "invalid 'count_method' param '{}'. valid options are: [active,inmemory]", methods[0]));
}

}  // namespace

StatusOr<CardinalityRequest> ReadCardinalityRequest(const HttpRequest& http) {
  CardinalityRequest out;
  RETURN_IF_ERROR(ReadLabelNames(http, out));
  RETURN_IF_ERROR(ReadSelector(http, out));
  RETURN_IF_ERROR(ReadLimit(http, out));
  RETURN_IF_ERROR(CheckCountMethod(http));
  return out;
}

}  // namespace tidemark::server

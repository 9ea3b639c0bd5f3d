#include "promql/script/start_description.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <string>

#include "promql/parser/parse.h"
#include "promql/script/series_description.h"
#include "promql/script/take_number.h"

namespace tidemark::promql {
namespace {

using re2::RE2;

constexpr std::string_view kSuffix = "@st";

StatusOr<int64_t> ParseOffset(const std::string& text) {
  const bool negative = text.starts_with('-');
  const bool sign = negative || text.starts_with('+');
  ASSIGN_OR_RETURN(const int64_t ms, ParseDurationMs(std::string_view(text).substr(sign)));
  return negative ? -ms : ms;
}

Status ParseItem(const std::string& item, std::vector<std::optional<int64_t>>& offsets) {
  static const RE2 kItem(R"((_|[+-]?[0-9][0-9a-wyz.]*)([+-][0-9][0-9a-wyz.]*)?(?:x[0-9]+)?)");
  static const RE2 kRepeated(R"(.*x([0-9]+))");
  std::string first, step;
  uint64_t repeated = 0;
  if (!RE2::FullMatch(item, kItem, &first, &step)) {
    return InvalidArgument(fmt::format("invalid start times \"{}\"", item));
  }
  const bool repeats = item.find('x') != std::string::npos;
  if (repeats && !RE2::FullMatch(item, kRepeated, &repeated)) {
    return InvalidArgument(fmt::format("too many repetitions in \"{}\"", item));
  }
  if (first == "_") {
    if (!step.empty()) return InvalidArgument(fmt::format("invalid start times \"{}\"", item));
    const uint64_t count = repeats ? repeated : 1;
    if (count > kMaxSequenceValues - offsets.size()) return InvalidArgument("too many start times");
    offsets.insert(offsets.end(), count, std::nullopt);
    return OkStatus();
  }
  ASSIGN_OR_RETURN(int64_t offset, ParseOffset(first));
  int64_t step_ms = 0;
  if (!step.empty()) {
    ASSIGN_OR_RETURN(step_ms, ParseOffset(step));
  }
  if (repeated >= kMaxSequenceValues - offsets.size())
    return InvalidArgument("too many start times");
  for (uint64_t i = 0; i <= repeated; ++i, offset += step_ms) offsets.push_back(offset);
  return OkStatus();
}

}  // namespace

bool IsStartDescription(std::string_view line) {
  TakeSpaces(line);
  return line.substr(0, EndOfSeriesLabels(line)).ends_with(kSuffix);
}

StatusOr<StartDescription> ParseStartDescription(std::string_view line) {
  TakeSpaces(line);
  StartDescription description;
  std::string_view rest = line.substr(EndOfSeriesLabels(line));
  const std::string_view labels = line.substr(0, line.size() - rest.size() - kSuffix.size());
  ASSIGN_OR_RETURN(description.labels, ParseMetric(labels));
  while (TakeSpaces(rest) > 0 && !rest.empty()) {
    const std::string item(rest.substr(0, rest.find_first_of(" \t")));
    RETURN_IF_ERROR(ParseItem(item, description.offsets));
    rest.remove_prefix(item.size());
  }
  return description;
}

}  // namespace tidemark::promql

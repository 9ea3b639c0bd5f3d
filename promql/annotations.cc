#include "promql/annotations.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <utility>

#include "tsdb/base/go_float.h"

namespace tidemark::promql {
namespace {

// "line:column", both from 1, the column in bytes.
std::string PositionText(std::string_view query, PositionRange pos) {
  if (query.empty()) return "unknown position";
  if (pos.start < 0 || static_cast<size_t>(pos.start) > query.size()) return "invalid position";
  const std::string_view before = query.substr(0, static_cast<size_t>(pos.start));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const size_t line_break = before.rfind('\n');
  const size_t column =
      line_break == std::string_view::npos ? before.size() + 1 : before.size() - line_break;
  return fmt::format("{}:{}", line, column);
}

std::string Rfc3339Seconds(int64_t t_ms) {
  const std::time_t seconds = t_ms / 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char buffer[32];
  const size_t n = std::strftime(buffer, sizeof(buffer), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return std::string(buffer, n);
}

std::string DetailsText(const ForcedMonotonicity& d) {
  return fmt::format(
      ", from buckets {} to {}, with a max diff of {}, over {} samples from {} to {}",
      GoFloat(d.min_bucket), GoFloat(d.max_bucket), GoFloat(d.max_diff, 2), d.samples,
      Rfc3339Seconds(d.min_t), Rfc3339Seconds(d.max_t));
}

std::vector<std::string> Limited(std::vector<std::string> texts, size_t limit,
                                 std::string_view level) {
  if (limit == 0 || texts.size() <= limit) return texts;
  const size_t omitted = texts.size() - limit;
  texts.resize(limit);
  texts.push_back(fmt::format("{} more {} annotations omitted", omitted, level));
  return texts;
}

}  // namespace

namespace {

// Results of subqueries have no position of their own; their functions are further
// out than all that is in them.
bool Contains(PositionRange outer, PositionRange inner) {
  return outer == PositionRange{} || (outer.start <= inner.start && inner.end <= outer.end);
}

// Prometheus keeps what it meets last: an expression after what is in it, and of two
// side by side the right one.
bool GoesBefore(PositionRange pos, PositionRange known) {
  if (Contains(pos, known)) return true;
  return !Contains(known, pos) && pos.start > known.start;
}

}  // namespace

void Annotations::AddTo(Texts& texts, std::string_view text, Place place) {
  auto it = texts.find(text);
  if (it == texts.end()) {
    texts.emplace(text, place);
    return;
  }
  it->second.count += place.count;
  if (GoesBefore(place.pos, it->second.pos)) it->second.pos = place.pos;
}

std::vector<std::string> Annotations::Listed(const Texts& texts, std::string_view query) {
  std::vector<std::string> out;
  for (const auto& [text, place] : texts) {
    const std::string count =
        place.count > 1 ? fmt::format(" ({} occurrences)", place.count) : std::string();
    out.push_back(fmt::format("{}{} ({})", text, count, PositionText(query, place.pos)));
  }
  return out;
}

void Annotations::Add(const Annotation& annotation, PositionRange pos) {
  AddTo(annotation.level == Annotation::Level::kWarning ? warnings_ : infos_, annotation.text,
        {pos, annotation.counted ? 1U : 0U});
}

void Annotations::AddWarning(std::string_view text, PositionRange pos) {
  AddTo(warnings_, text, {pos});
}

void Annotations::AddInfo(std::string_view text, PositionRange pos) { AddTo(infos_, text, {pos}); }

void Annotations::AddForcedMonotonicity(std::string_view text, PositionRange pos,
                                        const ForcedMonotonicity& details) {
  auto it = monotonicity_.find(text);
  if (it == monotonicity_.end()) {
    monotonicity_.emplace(text, Monotonicity{pos, details});
    return;
  }
  ForcedMonotonicity& d = it->second.details;
  d.min_t = std::min(d.min_t, details.min_t);
  d.max_t = std::max(d.max_t, details.max_t);
  d.min_bucket = std::min(d.min_bucket, details.min_bucket);
  d.max_bucket = std::max(d.max_bucket, details.max_bucket);
  d.max_diff = std::max(d.max_diff, details.max_diff);
  d.samples += details.samples;
}

void Annotations::Merge(const Annotations& other) {
  for (const auto& [text, place] : other.warnings_) AddTo(warnings_, text, place);
  for (const auto& [text, place] : other.infos_) AddTo(infos_, text, place);
  for (const auto& [text, m] : other.monotonicity_) {
    AddForcedMonotonicity(text, m.pos, m.details);
  }
}

std::vector<std::string> Annotations::Warnings(std::string_view query, size_t limit) const {
  return Limited(Listed(warnings_, query), limit, "warning");
}

std::vector<std::string> Annotations::Infos(std::string_view query, size_t limit) const {
  std::vector<std::string> out = Listed(infos_, query);
  for (const auto& [text, m] : monotonicity_) {
    out.push_back(
        fmt::format("{}{} ({})", text, DetailsText(m.details), PositionText(query, m.pos)));
  }
  std::sort(out.begin(), out.end());
  return Limited(std::move(out), limit, "info");
}

}  // namespace tidemark::promql

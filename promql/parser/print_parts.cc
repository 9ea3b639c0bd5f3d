#include "promql/parser/print_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "promql/parser/duration.h"
#include "promql/parser/printer.h"
#include "tsdb/base/go_float.h"
#include "tsdb/base/quote.h"
#include "tsdb/model/labels.h"

namespace tidemark::promql {
namespace {

void AppendLabelNames(std::string& out, const std::vector<std::string>& names) {
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += ", ";
    AppendName(out, names[i]);
  }
}

void AppendFills(std::string& out, const VectorMatching& matching) {
  const auto to = std::back_inserter(out);
  if (matching.fill_left && matching.fill_right && *matching.fill_left == *matching.fill_right) {
    fmt::format_to(to, " fill ({})", GoFloat(*matching.fill_left));
    return;
  }
  if (matching.fill_left) fmt::format_to(to, " fill_left ({})", GoFloat(*matching.fill_left));
  if (matching.fill_right) fmt::format_to(to, " fill_right ({})", GoFloat(*matching.fill_right));
}

void AppendMatching(std::string& out, const VectorMatching& matching) {
  const bool left = matching.card == MatchCardinality::kManyToOne;
  const bool grouped = left || matching.card == MatchCardinality::kOneToMany;
  if (!matching.labels.empty() || matching.on || grouped) {
    out += matching.on ? " on (" : " ignoring (";
    AppendLabelNames(out, matching.labels);
    out += ')';
  }
  if (grouped) {
    out += left ? " group_left (" : " group_right (";
    AppendLabelNames(out, matching.include);
    out += ')';
  }
  AppendFills(out, matching);
}

// Whether the matcher is what the name before the braces stands for.
bool IsName(const tsdb::Matcher& matcher, std::string_view name) {
  return matcher.op() == tsdb::Matcher::Op::kEqual && matcher.name() == tsdb::kMetricName &&
         matcher.value() == name && !name.empty();
}

}  // namespace

std::string BinaryOperator(const BinaryExpr& binary) {
  std::string out(BinaryOpName(binary.op));
  if (binary.return_bool) out += " bool";
  if (binary.matching) AppendMatching(out, *binary.matching);
  return out;
}

std::string AggregateHead(const AggregateExpr& aggregate) {
  std::string out(AggregateOpName(aggregate.op));
  if (!aggregate.without && aggregate.grouping.empty()) return out;
  out += aggregate.without ? " without (" : " by (";
  AppendLabelNames(out, aggregate.grouping);
  out += ") ";
  return out;
}

std::string Matchers(const VectorSelector& selector) {
  std::vector<std::string> texts;
  for (const tsdb::Matcher& matcher : selector.matchers) {
    if (!IsName(matcher, selector.name)) texts.push_back(matcher.ToString());
  }
  if (texts.empty()) return selector.name.empty() ? "{}" : selector.name;
  std::sort(texts.begin(), texts.end());
  return fmt::format("{}{{{}}}", selector.name, fmt::join(texts, ","));
}

std::string SubquerySuffix(const SubqueryExpr& subquery) {
  const bool has_step = subquery.step_ms != 0 || subquery.step_expr != nullptr;
  return fmt::format(
      "[{}:{}]{}{}", DurationText(subquery.range_ms, subquery.range_expr.get()),
      has_step ? DurationText(subquery.step_ms, subquery.step_expr.get()) : std::string(),
      AtSuffix(subquery.shift), OffsetSuffix(subquery.shift));
}

std::string AtSuffix(const TimeShift& shift) {
  if (!shift.at) return "";
  switch (shift.at->kind) {
    case AtModifier::Kind::kStart:
      return " @ start()";
    case AtModifier::Kind::kEnd:
      return " @ end()";
    case AtModifier::Kind::kTime:
      break;
  }
  return fmt::format(" @ {:.3f}", static_cast<double>(shift.at->t) / 1000.0);
}

std::string OffsetSuffix(const TimeShift& shift) {
  if (shift.offset_expr != nullptr) return " offset " + Print(*shift.offset_expr);
  return shift.offset_ms == 0 ? "" : " offset " + FormatDuration(shift.offset_ms);
}

std::string ExtendedSuffix(const VectorSelector& selector) {
  if (selector.anchored) return " anchored";
  return selector.smoothed ? " smoothed" : "";
}

std::string DurationText(int64_t ms, const DurationExpr* expr) {
  return expr != nullptr ? Print(*expr) : FormatDuration(ms);
}

std::string_view DurationOpName(DurationExpr::Op op) {
  switch (op) {
    case DurationExpr::Op::kAdd:
      return "+";
    case DurationExpr::Op::kSub:
      return "-";
    case DurationExpr::Op::kMul:
      return "*";
    case DurationExpr::Op::kDiv:
      return "/";
    case DurationExpr::Op::kMod:
      return "%";
    case DurationExpr::Op::kPow:
      return "^";
    case DurationExpr::Op::kStep:
      return "step";
    case DurationExpr::Op::kRange:
      return "range";
    case DurationExpr::Op::kMin:
      return "min_of";
    case DurationExpr::Op::kMax:
      return "max_of";
  }
  return "";
}

}  // namespace tidemark::promql

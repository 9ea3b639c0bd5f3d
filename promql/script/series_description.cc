#include "promql/script/series_description.h"

#include <fmt/format.h>

#include "promql/parser/parse.h"
#include "promql/parser/parser.h"
#include "promql/script/histogram_literal.h"
#include "promql/script/take_number.h"
#include "tsdb/model/sample.h"

namespace tidemark::promql {
namespace {

using tsdb::FloatHistogram;

class SequenceParser {
 public:
  // Appends to `values` what `text` says.  On failure `text` begins at the mistake.
  SequenceParser(std::string_view& text, std::vector<SequenceValue>& values)
      : text_(text), values_(values) {}

  Status Parse();

 private:
  Status ParseItem();
  Status ParseOmitted();
  Status ParseFloats();
  Status ParseHistograms();
  Status ParseHistogramSteps(const HistogramLiteral& first, bool add);
  // The count after an x, if there is one.
  StatusOr<uint64_t> ParseRepetitions();
  Status CheckRoomFor(uint64_t more) const;

  std::string_view& text_;
  std::vector<SequenceValue>& values_;
};

Status SequenceParser::Parse() {
  while (!text_.empty()) {
    if (TakeSpaces(text_) == 0) return InvalidArgument("expected a space in series values");
    if (!text_.empty()) RETURN_IF_ERROR(ParseItem());
  }
  return OkStatus();
}

Status SequenceParser::ParseItem() {
  if (text_.front() == '_') return ParseOmitted();
  if (text_.substr(0, 2) == "{{") return ParseHistograms();
  std::string_view rest = text_;
  if (TakeWord(rest) != "stale") return ParseFloats();
  text_ = rest;
  values_.push_back({tsdb::kStaleNaN});
  return CheckRoomFor(0);
}

Status SequenceParser::ParseOmitted() {
  TakePrefix(text_, "_");
  uint64_t count = 1;
  if (text_.substr(0, 1) == "x") {
    ASSIGN_OR_RETURN(count, ParseRepetitions());
  }
  RETURN_IF_ERROR(CheckRoomFor(count));
  values_.insert(values_.end(), count, {Omitted()});
  return OkStatus();
}

Status SequenceParser::ParseFloats() {
  ASSIGN_OR_RETURN(double value, TakeNumber(text_));
  double step = 0;
  const bool steps = text_.substr(0, 1) == "+" || text_.substr(0, 1) == "-";
  if (steps) {
    ASSIGN_OR_RETURN(step, TakeNumber(text_));
    if (text_.substr(0, 1) != "x") return InvalidArgument("expected x in series values");
  }
  ASSIGN_OR_RETURN(const uint64_t repetitions, ParseRepetitions());
  RETURN_IF_ERROR(CheckRoomFor(repetitions + 1));
  for (uint64_t i = 0; i <= repetitions; ++i) {
    values_.push_back({value});
    if (steps) value += step;
  }
  return OkStatus();
}

Status SequenceParser::ParseHistograms() {
  ASSIGN_OR_RETURN(const HistogramLiteral first, TakeHistogramLiteral(text_));
  const bool add = text_.substr(0, 1) == "+";
  if (add || text_.substr(0, 1) == "-") return ParseHistogramSteps(first, add);
  ASSIGN_OR_RETURN(const uint64_t repetitions, ParseRepetitions());
  RETURN_IF_ERROR(CheckRoomFor(repetitions + 1));
  values_.insert(values_.end(), repetitions + 1, {first.histogram, first.has_reset_hint});
  return OkStatus();
}

Status SequenceParser::ParseHistogramSteps(const HistogramLiteral& first, bool add) {
  text_.remove_prefix(1);
  if (text_.substr(0, 2) != "{{") return InvalidArgument("expected {{ in series values");
  ASSIGN_OR_RETURN(const HistogramLiteral step, TakeHistogramLiteral(text_));
  if (text_.substr(0, 1) != "x") return InvalidArgument("expected x in series values");
  ASSIGN_OR_RETURN(const uint64_t repetitions, ParseRepetitions());
  RETURN_IF_ERROR(CheckRoomFor(repetitions + 1));
  FloatHistogram current = first.histogram;
  values_.push_back({current, step.has_reset_hint});
  for (uint64_t i = 0; i < repetitions; ++i) {
    if (current.schema > step.histogram.schema) {
      return InvalidArgument(
          fmt::format("error combining histograms: cannot merge from schema {} to {}",
                      step.histogram.schema, current.schema));
    }
    RETURN_IF_ERROR((add ? current.Add(step.histogram) : current.Sub(step.histogram)).status());
    values_.push_back({current, step.has_reset_hint});
  }
  return OkStatus();
}

StatusOr<uint64_t> SequenceParser::ParseRepetitions() {
  if (!TakePrefix(text_, "x")) return 0;
  ASSIGN_OR_RETURN(const uint64_t repetitions, TakeCount(text_));
  // More is too many anyway, and + 1 must not overflow.
  return std::min<uint64_t>(repetitions, kMaxSequenceValues + 1);
}

Status SequenceParser::CheckRoomFor(uint64_t more) const {
  if (values_.size() + more <= kMaxSequenceValues) return OkStatus();
  return InvalidArgument(fmt::format("more than {} values in a series", kMaxSequenceValues));
}

}  // namespace

size_t EndOfSeriesLabels(std::string_view text) {
  bool braces = false;
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == '\\' && quote != '`') ++i;
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'' || c == '`') {
      quote = c;
    } else if (c == '{' || c == '}') {
      braces = c == '{';
    } else if ((c == ' ' || c == '\t') && !braces) {
      return i;
    }
  }
  return text.size();
}

StatusOr<SeriesDescription> ParseSeriesDescription(std::string_view text) {
  SeriesDescription series;
  std::string_view rest = text;
  TakeSpaces(rest);
  rest.remove_prefix(EndOfSeriesLabels(rest));
  ASSIGN_OR_RETURN(series.labels, ParseMetric(text.substr(0, text.size() - rest.size())));
  const Status status = SequenceParser(rest, series.values).Parse();
  if (status.ok()) return series;
  return ParseError(text, static_cast<int32_t>(text.size() - rest.size()), MessageOf(status));
}

}  // namespace tidemark::promql

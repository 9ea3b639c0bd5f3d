#include "promql/script/histogram_literal.h"

#include <fmt/format.h>

#include <set>
#include <string>
#include <vector>

#include "promql/script/take_number.h"
#include "tsdb/base/quote.h"

namespace tidemark::promql {
namespace {

using tsdb::BucketSpan;
using tsdb::CounterResetHint;
using tsdb::FloatHistogram;

// The buckets of one side before they become spans.
struct Side {
  int32_t offset = 0;
  std::vector<double> counts;
};

class LiteralParser {
 public:
  explicit LiteralParser(std::string_view& text) : text_(text) {}

  StatusOr<HistogramLiteral> Parse();

 private:
  Status ParseItem();
  Status ParseValue(std::string_view key);
  Status ParseNumber(double& value);
  Status ParseInteger(int32_t& value);
  Status ParseList(std::vector<double>& values);
  Status ParseHint();

  std::string_view& text_;
  HistogramLiteral literal_;
  Side positive_;
  Side negative_;
  std::set<std::string, std::less<>> keys_;
};

void FillSide(Side side, std::vector<BucketSpan>& spans, std::vector<double>& buckets) {
  if (side.counts.empty()) return;
  spans = {{side.offset, static_cast<uint32_t>(side.counts.size())}};
  buckets = std::move(side.counts);
}

StatusOr<HistogramLiteral> LiteralParser::Parse() {
  TakePrefix(text_, "{{");
  TakeSpaces(text_);
  while (!TakePrefix(text_, "}}")) {
    RETURN_IF_ERROR(ParseItem());
    if (TakeSpaces(text_) == 0 && text_.substr(0, 2) != "}}") {
      return InvalidArgument("expected a space or }} in histogram description");
    }
  }
  FloatHistogram& h = literal_.histogram;
  FillSide(std::move(positive_), h.positive_spans, h.positive_buckets);
  FillSide(std::move(negative_), h.negative_spans, h.negative_buckets);
  return std::move(literal_);
}

Status LiteralParser::ParseItem() {
  std::string_view rest = text_;
  const std::string_view key = TakeWord(rest);
  if (!TakePrefix(rest, ":")) {
    return InvalidArgument("expected a key and a colon in histogram description");
  }
  if (!keys_.insert(std::string(key)).second) {
    return InvalidArgument(fmt::format("duplicate key {} in histogram", Quoted(key)));
  }
  const std::string_view start = text_;
  text_ = rest;
  const Status status = ParseValue(key);
  if (status.code() == StatusCode::kNotFound) {
    text_ = start;
    return InvalidArgument(fmt::format("bad histogram descriptor found: {}", Quoted(key)));
  }
  return status;
}

// kNotFound: there is no such key.
Status LiteralParser::ParseValue(std::string_view key) {
  FloatHistogram& h = literal_.histogram;
  if (key == "schema") return ParseInteger(h.schema);
  if (key == "sum") return ParseNumber(h.sum);
  if (key == "count") return ParseNumber(h.count);
  if (key == "z_bucket") return ParseNumber(h.zero_count);
  if (key == "z_bucket_w") return ParseNumber(h.zero_threshold);
  if (key == "custom_values") return ParseList(h.custom_values);
  if (key == "buckets") return ParseList(positive_.counts);
  if (key == "offset") return ParseInteger(positive_.offset);
  if (key == "n_buckets") return ParseList(negative_.counts);
  if (key == "n_offset") return ParseInteger(negative_.offset);
  if (key == "counter_reset_hint") return ParseHint();
  return NotFound("no such key");
}

Status LiteralParser::ParseNumber(double& value) {
  ASSIGN_OR_RETURN(value, TakeNumber(text_));
  return OkStatus();
}

Status LiteralParser::ParseInteger(int32_t& value) {
  ASSIGN_OR_RETURN(value, TakeInteger(text_));
  return OkStatus();
}

Status LiteralParser::ParseList(std::vector<double>& values) {
  if (!TakePrefix(text_, "[")) return InvalidArgument("expected [ in histogram description");
  TakeSpaces(text_);
  while (!TakePrefix(text_, "]")) {
    ASSIGN_OR_RETURN(values.emplace_back(), TakeNumber(text_));
    if (TakeSpaces(text_) == 0 && text_.substr(0, 1) != "]") {
      return InvalidArgument("expected a space or ] in histogram description");
    }
  }
  return OkStatus();
}

Status LiteralParser::ParseHint() {
  struct Hint {
    std::string_view word;
    CounterResetHint hint;
  };
  static constexpr Hint kHints[] = {{"unknown", CounterResetHint::kUnknown},
                                    {"reset", CounterResetHint::kCounterReset},
                                    {"not_reset", CounterResetHint::kNotCounterReset},
                                    {"gauge", CounterResetHint::kGauge}};
  const std::string_view word = TakeWord(text_);
  for (const Hint& known : kHints) {
    if (known.word != word) continue;
    literal_.histogram.counter_reset_hint = known.hint;
    literal_.has_reset_hint = true;
    return OkStatus();
  }
  return InvalidArgument(fmt::format("unknown counter_reset_hint {}", Quoted(word)));
}

}  // namespace

StatusOr<HistogramLiteral> TakeHistogramLiteral(std::string_view& text) {
  return LiteralParser(text).Parse();
}

}  // namespace tidemark::promql

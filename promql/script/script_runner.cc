#include "promql/script/script_runner.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <utility>

#include "promql/script/script_compare.h"
#include "promql/script/script_invariance.h"
#include "promql/script/script_nhcb.h"
#include "tsdb/base/cancellation.h"

namespace tidemark::promql {
namespace {

Status Failed(std::string_view text) { return FailedPrecondition(text); }

std::string Listed(const std::vector<std::string>& texts) {
  return texts.empty() ? "none" : fmt::format("[{}]", fmt::join(texts, "; "));
}

// Each pattern is met by some text and each text by some pattern.
Status CheckTexts(const std::vector<TextPattern>& patterns, const std::vector<std::string>& texts,
                  std::string_view kind) {
  if (patterns.empty()) return OkStatus();
  for (const TextPattern& pattern : patterns) {
    if (std::none_of(texts.begin(), texts.end(),
                     [&](const std::string& text) { return pattern.Matches(text); })) {
      const std::string want =
          pattern.regex == nullptr ? pattern.message : "/" + pattern.regex->pattern() + "/";
      return Failed(fmt::format("no {} annotation like {}: {}", kind, want, Listed(texts)));
    }
  }
  for (const std::string& text : texts) {
    if (std::none_of(patterns.begin(), patterns.end(),
                     [&](const TextPattern& pattern) { return pattern.Matches(text); })) {
      return Failed(fmt::format("unexpected {} annotation: {}", kind, text));
    }
  }
  return OkStatus();
}

Status CheckAnnotations(const EvalCommand& eval, const Annotations& annotations,
                        std::string_view expr) {
  const std::vector<std::string> warnings = annotations.Warnings(expr, 0);
  const std::vector<std::string> infos = annotations.Infos(expr, 0);
  if (eval.warns && warnings.empty()) return Failed("no warning");
  if (eval.informs && infos.empty()) return Failed("no info");
  if (eval.no_warnings && !warnings.empty()) {
    return Failed(fmt::format("unexpected warnings: {}", Listed(warnings)));
  }
  if (eval.no_infos && !infos.empty()) {
    return Failed(fmt::format("unexpected infos: {}", Listed(infos)));
  }
  RETURN_IF_ERROR(CheckTexts(eval.warnings, warnings, "warn"));
  return CheckTexts(eval.infos, infos, "info");
}

// OK when a failure was expected and is this one.
Status CheckFailure(const EvalCommand& eval, const Status& failure) {
  const std::string_view text = MessageOf(failure);
  if (!eval.fail.has_value()) return Failed(fmt::format("failed: {}", text));
  if (eval.fail->Matches(text)) return OkStatus();
  return Failed(fmt::format("failed, but differently: {}", text));
}

// start(), end(), range() and step() differ between instant and range queries.
bool LooksAtTheQuery(const std::string& expr) {
  static const re2::RE2 kFunctions(R"((start|end|range|step)\(\))");
  return re2::RE2::PartialMatch(expr, kFunctions);
}

// Null when the script gives none for the load's series number `i`.
const StartDescription* StartsOf(const LoadCommand& load, size_t i) {
  const auto found = std::find_if(
      load.starts.begin(), load.starts.end(),
      [&](const StartDescription& starts) { return starts.labels == load.series[i].labels; });
  return found == load.starts.end() ? nullptr : &*found;
}

std::vector<int64_t> OtherTimes(int64_t t) {
  if (t == 0) return {-1000, 0, 1000};
  return {-10 * t, 0, t / 5, t, 10 * t};
}

}  // namespace

ScriptReport ScriptRunner::Run(std::string_view script) {
  Clear();
  ScriptReport report;
  for (const ScriptCommand& command : ParseScript(script)) {
    ++report.commands;
    report.evals += std::holds_alternative<EvalCommand>(command.command);
    const Status status = Execute(command);
    if (!status.ok()) report.failures.push_back({command.line, std::string(MessageOf(status))});
  }
  return report;
}

void ScriptRunner::Clear() {
  storage_.Clear();
  hints_.clear();
}

Status ScriptRunner::Execute(const ScriptCommand& command) {
  if (const auto* load = std::get_if<LoadCommand>(&command.command)) return Load(*load);
  if (const auto* eval = std::get_if<EvalCommand>(&command.command)) return Eval(*eval);
  if (const auto* broken = std::get_if<BrokenCommand>(&command.command)) {
    return Failed(broken->error);
  }
  Clear();
  return OkStatus();
}

Status ScriptRunner::Load(const LoadCommand& load) {
  // Of lines for the same series the last one counts.
  for (size_t i = 0; i < load.series.size(); ++i) {
    const bool again =
        std::any_of(load.series.begin() + static_cast<ptrdiff_t>(i) + 1, load.series.end(),
                    [&](const SeriesDescription& s) { return s.labels == load.series[i].labels; });
    if (!again) RETURN_IF_ERROR(LoadSeries(load.series[i], load.step_ms, StartsOf(load, i)));
  }
  if (!load.with_nhcb) return OkStatus();
  ASSIGN_OR_RETURN(const std::vector<SeriesDescription> native, ToCustomBuckets(load.series));
  for (const SeriesDescription& series : native) {
    RETURN_IF_ERROR(LoadSeries(series, load.step_ms, nullptr));
  }
  return OkStatus();
}

Status ScriptRunner::LoadSeries(const SeriesDescription& series, int64_t step_ms,
                                const StartDescription* starts) {
  StorageHints& hints = hints_[series.labels];
  for (size_t i = 0; i < series.values.size(); ++i) {
    const int64_t t = static_cast<int64_t>(i) * step_ms;
    const auto& value = series.values[i].value;
    int64_t start = 0;
    if (starts != nullptr && i < starts->offsets.size() && starts->offsets[i].has_value()) {
      start = t + *starts->offsets[i];
    }
    if (const double* v = std::get_if<double>(&value)) {
      hints.NextIsFloat();
      RETURN_IF_ERROR(storage_.Add(series.labels, {{t, *v}}, start));
    } else if (const auto* h = std::get_if<tsdb::FloatHistogram>(&value)) {
      std::vector<tsdb::HistogramSample> sample = {{t, *h}};
      sample[0].h.counter_reset_hint = hints.Next(*h);
      RETURN_IF_ERROR(storage_.AddHistograms(series.labels, sample, start));
    }
  }
  return OkStatus();
}

StatusOr<QueryResult> ScriptRunner::Query(const std::string& expr, int64_t start, int64_t end,
                                          int64_t step_ms) const {
  QueryRequest request;
  request.expr = expr;
  request.start = start;
  request.end = end;
  request.step_ms = step_ms;
  Cancellation never;
  return engine_.Execute(request, storage_, never);
}

Status ScriptRunner::Eval(const EvalCommand& eval) {
  if (!eval.instant) return EvalRange(eval);
  RETURN_IF_ERROR(EvalInstant(eval, eval.expr, eval.start));
  const StatusOr<std::string> fixed = FixedAt(eval.expr, eval.start, engine_.options().parser);
  if (!fixed.ok()) return CheckFailure(eval, fixed.status());
  if (fixed->empty()) return OkStatus();
  for (int64_t t : OtherTimes(eval.start)) {
    const Status status = EvalInstant(eval, *fixed, t);
    if (!status.ok()) {
      return Failed(fmt::format("{} at {} ms: {}", *fixed, t, MessageOf(status)));
    }
  }
  return OkStatus();
}

Status ScriptRunner::EvalInstant(const EvalCommand& eval, const std::string& expr, int64_t t) {
  const StatusOr<QueryResult> result = Query(expr, t, t, 0);
  if (!result.ok()) return CheckFailure(eval, result.status());
  if (eval.fail.has_value()) return Failed("did not fail");
  RETURN_IF_ERROR(CheckAnnotations(eval, result->annotations, expr));
  RETURN_IF_ERROR(CompareValue(eval, result->value));
  const ValueType type = TypeOf(result->value);
  const bool ranges = type == ValueType::kScalar || type == ValueType::kVector;
  if (!ranges || LooksAtTheQuery(expr)) return OkStatus();
  return EvalInMiddle(eval, expr, t, type == ValueType::kScalar);
}

Status ScriptRunner::EvalInMiddle(const EvalCommand& eval, const std::string& expr, int64_t t,
                                  bool scalar) {
  constexpr int64_t kMinute = 60'000;
  const StatusOr<QueryResult> result = Query(expr, t - kMinute, t + kMinute, kMinute);
  if (!result.ok()) return Failed(fmt::format("as a range: {}", MessageOf(result.status())));
  // A range query's answer is always in label order.
  if (eval.ordered) return OkStatus();
  const Status status = CompareAt(eval, std::get<Matrix>(result->value), t, scalar);
  return status.ok() ? status : Failed(fmt::format("as a range: {}", MessageOf(status)));
}

Status ScriptRunner::EvalRange(const EvalCommand& eval) {
  const StatusOr<QueryResult> result = Query(eval.expr, eval.start, eval.end, eval.step_ms);
  if (!result.ok()) return CheckFailure(eval, result.status());
  if (eval.fail.has_value()) return Failed("did not fail");
  RETURN_IF_ERROR(CheckAnnotations(eval, result->annotations, eval.expr));
  return CompareValue(eval, result->value);
}

}  // namespace tidemark::promql

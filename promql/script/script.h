// Test scripts for PromQL, as Prometheus' promqltest reads them: `load` data,
// `eval` queries, and what they must give.
//
//   load 5m
//     http_requests{path="/", code="200"} 0+10x20
//
//   eval instant at 50m sum by (code) (rate(http_requests[5m]))
//     expect no_info
//     {code="200"} 0.03333
//
// Lines that start with # are comments; an empty line ends a command.  Beside
// `expect` lines, the older eval_fail, eval_warn, eval_info, eval_ordered,
// expected_fail_message and expected_fail_regexp are read too.
//
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "promql/script/series_description.h"
#include "promql/script/start_description.h"

namespace re2 {
class RE2;
}

namespace tidemark::promql {

struct ClearCommand {};

struct LoadCommand {
  int64_t step_ms = 0;
  bool with_nhcb = false;  // classic histograms as native ones with custom buckets too
  std::vector<SeriesDescription> series;  // their values at 0, step_ms, 2 * step_ms …
  std::vector<StartDescription> starts;   // of any of them
};

// What a text must be: equal to `message`, or, if set, match `regex` somewhere.
struct TextPattern {
  std::string message;
  std::shared_ptr<const re2::RE2> regex;
  bool Matches(std::string_view text) const;
};

struct EvalCommand {
  std::string expr;
  bool instant = true;
  int64_t start = 0;  // of an instant query the time
  int64_t end = 0;
  int64_t step_ms = 0;

  bool ordered = false;
  bool warns = false;  // eval_warn: at least one
  bool informs = false;
  std::optional<TextPattern> fail;
  std::vector<TextPattern> warnings;  // not empty: each is met, and nothing else
  std::vector<TextPattern> infos;
  bool no_warnings = false;
  bool no_infos = false;

  // Exactly one kind: series (none: an empty answer), a scalar, or a string.
  std::vector<SeriesDescription> series;
  std::optional<double> scalar;
  std::optional<std::string> string;
  // `expect range vector`: the times of the values of an instant query's matrix.
  struct Times {
    int64_t start, end, step_ms;
  };
  std::optional<Times> range_vector;
};

// A command that could not be read, and why.
struct BrokenCommand {
  std::string error;
};

struct ScriptCommand {
  int line = 0;  // from 1
  std::variant<ClearCommand, LoadCommand, EvalCommand, BrokenCommand> command;
};

// All commands in their order; one that is broken costs its own lines only.
std::vector<ScriptCommand> ParseScript(std::string_view text);

}  // namespace tidemark::promql

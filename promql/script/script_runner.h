// ScriptRunner: runs test scripts (script.h) against an Engine, over a storage of
// its own.
//
//   ScriptRunner runner(engine);
//   const ScriptReport report = runner.Run(text);
//   for (const ScriptFailure& f : report.failures) fmt::print("{}: {}\n", f.line, f.text);
//
// As in Prometheus, each instant query is asked several ways that must agree: as
// it stands, in the middle of a range query, and with `@` on its selectors at
// other times.
//
// Threads: one.  Ownership: the engine outlives it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "promql/engine.h"
#include "promql/script/memory_storage.h"
#include "promql/script/script.h"
#include "promql/script/storage_hints.h"
#include "tsdb/model/labels.h"

namespace tidemark::promql {

struct ScriptFailure {
  int line = 0;  // of the command, from 1
  std::string text;
};

struct ScriptReport {
  int commands = 0;
  int evals = 0;
  std::vector<ScriptFailure> failures;  // at most one per command
};

class ScriptRunner {
 public:
  explicit ScriptRunner(const Engine& engine) : engine_(engine) {}

  // Runs all commands, from an empty storage on; a command that fails does not
  // stop the next.
  ScriptReport Run(std::string_view script);

 private:
  void Clear();
  Status Execute(const ScriptCommand& command);
  Status Load(const LoadCommand& load);
  Status LoadSeries(const SeriesDescription& series, int64_t step_ms,
                    const StartDescription* starts);
  Status Eval(const EvalCommand& eval);
  Status EvalInstant(const EvalCommand& eval, const std::string& expr, int64_t t);
  Status EvalInMiddle(const EvalCommand& eval, const std::string& expr, int64_t t, bool scalar);
  Status EvalRange(const EvalCommand& eval);
  StatusOr<QueryResult> Query(const std::string& expr, int64_t start, int64_t end,
                              int64_t step_ms) const;

  const Engine& engine_;
  MemoryStorage storage_;
  std::map<tsdb::Labels, StorageHints> hints_;  // of the series in storage_
};

}  // namespace tidemark::promql

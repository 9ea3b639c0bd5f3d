// Runs every *.test of this folder, with all features on; delayed name removal, which
// changes what annotations say, in delayed_*.test only.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "promql/script/script_runner.h"

namespace tidemark::promql {
namespace {

std::vector<std::string> ScriptNames() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(TIDEMARK_SCRIPTS)) {
    if (entry.path().extension() == ".test") names.push_back(entry.path().stem());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class ScriptTest : public testing::TestWithParam<std::string> {};

void RunScript(const std::string& name, bool delayed_name_removal) {
  const std::string path = TIDEMARK_SCRIPTS "/" + name + ".test";
  std::ifstream file(path);
  ASSERT_TRUE(file) << path;
  std::stringstream text;
  text << file.rdbuf();

  EngineOptions options;
  options.parser = {.experimental_functions = true,
                    .duration_expressions = true,
                    .extended_range_selectors = true,
                    .binary_fill_modifiers = true};
  options.use_start_timestamps = true;
  options.delayed_name_removal = delayed_name_removal;
  const Engine engine(options);
  const ScriptReport report = ScriptRunner(engine).Run(text.str());
  EXPECT_GT(report.evals, 0);
  for (const ScriptFailure& failure : report.failures) {
    ADD_FAILURE_AT(path.c_str(), failure.line) << failure.text;
  }
}

TEST_P(ScriptTest, Agrees) { RunScript(GetParam(), GetParam().starts_with("delayed_")); }

INSTANTIATE_TEST_SUITE_P(All, ScriptTest, testing::ValuesIn(ScriptNames()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace tidemark::promql

#include "promql/script/script.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tidemark::promql {
namespace {

TEST(ParseScript, CommandsWithTheirLines) {
  const std::vector<ScriptCommand> commands = ParseScript(
      "# a comment\n"
      "clear\n"
      "load 5m\n"
      "  up{job=\"a\"} 1 _ 3\n"
      "  # a comment inside ends the command\n"
      "\n"
      "load_with_nhcb 30s\r\n"
      "\tx_bucket{le=\"1\"} 1\n"
      "\n"
      "eval instant at 1m30s sum(up)\n"
      "  {} 4\n"
      "  } 5\n"
      "\n"
      "nonsense");
  ASSERT_EQ(commands.size(), 5u);
  const int lines[] = {2, 3, 7, 10, 14};
  for (size_t i = 0; i < 5; ++i) EXPECT_EQ(commands[i].line, lines[i]);

  EXPECT_TRUE(std::holds_alternative<ClearCommand>(commands[0].command));
  const auto& load = std::get<LoadCommand>(commands[1].command);
  EXPECT_EQ(load.step_ms, 300'000);
  EXPECT_FALSE(load.with_nhcb);
  ASSERT_EQ(load.series.size(), 1u);
  EXPECT_EQ(load.series[0].labels, tsdb::Labels::Must({{"__name__", "up"}, {"job", "a"}}));
  EXPECT_EQ(load.series[0].values.size(), 3u);
  EXPECT_TRUE(std::get<LoadCommand>(commands[2].command).with_nhcb);
  EXPECT_TRUE(std::holds_alternative<BrokenCommand>(commands[3].command));
  EXPECT_EQ(std::get<BrokenCommand>(commands[4].command).error, "invalid command \"nonsense\"");
}

EvalCommand ParseEval(const std::string& text) {
  const std::vector<ScriptCommand> commands = ParseScript(text);
  EXPECT_EQ(commands.size(), 1u);
  const auto* broken = std::get_if<BrokenCommand>(&commands[0].command);
  EXPECT_EQ(broken, nullptr) << broken->error;
  return broken == nullptr ? std::get<EvalCommand>(commands[0].command) : EvalCommand();
}

TEST(ParseScript, InstantQuery) {
  const EvalCommand eval = ParseEval(
      "eval instant at 50m topk(2, up)  \n"
      "  expect ordered\n"
      "  expect no_warn\n"
      "  expect info msg: some text (1:2)\n"
      "  expect info regex: so+me \\(\n"
      "  up{job=\"a\"} 1\n"
      "  expect{} 2\n");
  EXPECT_TRUE(eval.instant);
  EXPECT_EQ(eval.expr, "topk(2, up)");
  EXPECT_EQ(eval.start, 3'000'000);
  EXPECT_EQ(eval.end, 3'000'000);
  EXPECT_TRUE(eval.ordered);
  EXPECT_TRUE(eval.no_warnings);
  EXPECT_FALSE(eval.no_infos);
  EXPECT_FALSE(eval.fail.has_value());
  ASSERT_EQ(eval.infos.size(), 2u);
  EXPECT_TRUE(eval.infos[0].Matches("some text (1:2)"));
  EXPECT_FALSE(eval.infos[0].Matches("some text (1:2) and more"));
  EXPECT_TRUE(eval.infos[1].Matches("a sooome (thing"));
  ASSERT_EQ(eval.series.size(), 2u);
  EXPECT_EQ(eval.series[1].labels.metric_name(), "expect");
}

TEST(ParseScript, RangeQuery) {
  const EvalCommand eval = ParseEval(
      "eval range from 1m to 5m step 2m rate(up[5m]) > 1\n"
      "  {} 1+1x2\n");
  EXPECT_FALSE(eval.instant);
  EXPECT_EQ(eval.expr, "rate(up[5m]) > 1");
  EXPECT_EQ(eval.start, 60'000);
  EXPECT_EQ(eval.end, 300'000);
  EXPECT_EQ(eval.step_ms, 120'000);
  EXPECT_EQ(eval.series[0].values.size(), 3u);
}

TEST(ParseScript, OtherKindsOfAnswer) {
  EXPECT_EQ(ParseEval("eval instant at 0 1 + 1\n 2").scalar, 2.0);
  EXPECT_EQ(ParseEval("eval instant at 0 1\n 0x10").scalar, 16.0);
  EXPECT_EQ(ParseEval("eval instant at 0 'x'\n expect string `a \"b\"`").string, "a \"b\"");
  const EvalCommand matrix = ParseEval(
      "eval instant at 1m up[1m]\n"
      "  expect range vector from 10s to 1m step 10s\n"
      "  up 1 2 3\n");
  ASSERT_TRUE(matrix.range_vector.has_value());
  EXPECT_EQ(matrix.range_vector->start, 10'000);
  EXPECT_EQ(matrix.range_vector->end, 60'000);
  EXPECT_EQ(matrix.range_vector->step_ms, 10'000);
}

TEST(ParseScript, OlderForms) {
  EXPECT_TRUE(ParseEval("eval_ordered instant at 0 sort(x)").ordered);
  EXPECT_TRUE(ParseEval("eval_warn instant at 0 x").warns);
  EXPECT_TRUE(ParseEval("eval_info range from 0 to 1m step 1m x").informs);
  EXPECT_TRUE(ParseEval("eval_fail instant at 0 x").fail->Matches("anything"));
  const EvalCommand message = ParseEval("eval_fail instant at 0 x\n expected_fail_message no way");
  EXPECT_TRUE(message.fail->Matches("no way"));
  EXPECT_FALSE(message.fail->Matches("no way out"));
  const EvalCommand regexp = ParseEval("eval_fail instant at 0 x\n expected_fail_regexp n.\\b");
  EXPECT_TRUE(regexp.fail->Matches("no way"));
}

TEST(ParseScript, BrokenCommandsSayWhy) {
  const struct {
    const char* script;
    const char* want;
  } kCases[] = {
      {"load", "invalid load command"},
      {"load 5x\n", "5x"},
      {"load 5m\n up{ 1", "parse error"},
      {"eval instant 0 up", "invalid eval command"},
      {"eval range from 2m to 1m step 1m up", "before the start"},
      {"eval instant at 0 up\n expect nothing", "invalid expect line"},
      {"eval instant at 0 up\n expect warn regex: (", "invalid regex"},
      {"eval instant at 0 up\n expect warn\n expect no_warn", "cannot be used together"},
      {"eval instant at 0 up\n expect info\n expect no_info", "cannot be used together"},
      {"eval instant at 0 up\n expect fail\n expect fail", "more than one"},
      {"eval instant at 0 up\n up 1 2", "range vector"},
      {"eval instant at 0 up\n expect range vector from 1", "range vector"},
      {"eval instant at 0 up\n expect string", "invalid syntax"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.script);
    const std::vector<ScriptCommand> commands = ParseScript(c.script);
    ASSERT_EQ(commands.size(), 1u);
    const auto* broken = std::get_if<BrokenCommand>(&commands[0].command);
    ASSERT_NE(broken, nullptr);
    EXPECT_NE(broken->error.find(c.want), std::string::npos) << broken->error;
  }
}

}  // namespace
}  // namespace tidemark::promql

#include "promql/script/script_runner.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tidemark::promql {
namespace {

ScriptReport RunScript(const std::string& script) {
  const Engine engine(EngineOptions{});
  return ScriptRunner(engine).Run(script);
}

const char kData[] =
    "load 1m\n"
    "  x{n=\"1\"} 1 2 3\n"
    "  x{n=\"2\"} 5 5 stale\n"
    "  h {{schema:0 count:3 sum:4 buckets:[1 2]}}x2\n"
    "  f 4\n\n";

// The text of what fails, "" where nothing does.
std::string FailureOf(const std::string& eval) {
  const ScriptReport report = RunScript(kData + eval);
  EXPECT_EQ(report.commands, 2);
  EXPECT_EQ(report.evals, 1);
  return report.failures.empty() ? "" : report.failures[0].text;
}

TEST(ScriptRunner, PassesWhatIsRight) {
  const char* kEvals[] = {
      "eval instant at 1m x\n x{n=\"1\"} 2\n x{n=\"2\"} 5",
      "eval instant at 1m sum(x)\n expect no_warn\n expect no_info\n {} 7",
      "eval instant at 1m sum(x)\n {} 7.000001",
      "eval range from 0 to 2m step 1m x\n x{n=\"1\"} 1 2 3\n x{n=\"2\"} 5 5",
      "eval instant at 0 h\n h {{schema:0 count:3 sum:4 buckets:[1 2]}}",
      "eval instant at 0 1 + 1\n 2",
      "eval instant at 0 'a'\n expect string \"a\"",
      ("eval instant at 2m x{n=\"1\"}[2m]\n"
       " expect range vector from 1m to 2m step 1m\n x{n=\"1\"} 2 3"),
      "eval instant at 0 nosuchmetric",
      "eval instant at 1m sort_desc(x)\n expect ordered\n x{n=\"2\"} 5\n x{n=\"1\"} 2",
      "eval instant at 0 x + on() x\n expect fail regex: found duplicate series",
      "eval_fail instant at 0 x + on() x",
      "eval instant at 0 sum({__name__=~'h|f'})\n expect warn regex: mix of histograms",
      "eval_warn instant at 0 sum({__name__=~'h|f'})",
      "eval instant at 0 h + 1\n expect info",
      "eval_info instant at 0 h + 1",
  };
  for (const char* eval : kEvals) EXPECT_EQ(FailureOf(eval), "") << eval;
}

TEST(ScriptRunner, FindsWhatIsWrong) {
  const struct {
    const char* eval;
    const char* want;
  } kCases[] = {
      {"eval instant at 1m x\n x{n=\"1\"} 2\n x{n=\"2\"} 6", "got 5, want 6"},
      {"eval instant at 1m x\n x{n=\"1\"} 2", "unexpected series"},
      {"eval instant at 1m x\n x{n=\"1\"} 2\n x{n=\"2\"} 5\n x{n=\"3\"} 5", "not found"},
      {"eval instant at 1m sum(x)\n {} 7.0001", "got 7, want 7.0001"},
      {"eval range from 0 to 2m step 1m x\n x{n=\"1\"} 1 2 4\n x{n=\"2\"} 5 5", "want 4"},
      {"eval range from 0 to 2m step 1m x\n x{n=\"1\"} 1 2\n x{n=\"2\"} 5 5", "3 samples, want 2"},
      {"eval range from 0 to 2m step 1m x\n x{n=\"1\"} 1 2 3\n x{n=\"2\"} 5 5 5", "no sample"},
      {"eval instant at 0 h\n h {{schema:0 count:3 sum:4 buckets:[2 1]}}", "got schema 0"},
      {"eval instant at 0 h\n h {{count:3 sum:4 buckets:[1 2] counter_reset_hint:gauge}}",
       "(gauge)"},
      {"eval instant at 0 h\n h 3", "want 3"},
      {"eval instant at 0 1 + 1\n 3", "got the scalar 2, want 3"},
      {"eval instant at 0 1 + 1\n {} 2", "got the scalar 2"},
      {"eval instant at 0 x\n 2", "got no scalar"},
      {"eval instant at 0 'a'\n expect string \"b\"", "want \"b\""},
      {"eval instant at 1m x\n expect string \"b\"", "got no string"},
      {"eval instant at 1m sort(x)\n expect ordered\n x{n=\"2\"} 5\n x{n=\"1\"} 2", "at place"},
      {"eval instant at 0 x + on() x\n {} 1", "failed: found duplicate"},
      {"eval instant at 0 x + on() x\n expect fail msg: other", "failed, but differently"},
      {"eval instant at 0 x\n expect fail", "did not fail"},
      {"eval range from 0 to 1m step 1m x\n expect fail", "did not fail"},
      {"eval instant at 0 sum(x)\n expect warn\n {} 6", "no warn annotation"},
      {"eval_warn instant at 0 sum(x)\n {} 6", "no warning"},
      {"eval_info instant at 0 sum(x)\n {} 6", "no info"},
      {"eval instant at 0 h + 1\n expect no_info", "unexpected infos"},
      {"eval instant at 0 sum({__name__=~'h|f'})\n expect no_warn", "unexpected warnings"},
      {"eval instant at 0 h + 1\n expect info msg: other", "no info annotation like other"},
      {"eval instant at 0 sum(", "parse error"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.eval);
    EXPECT_NE(FailureOf(c.eval).find(c.want), std::string::npos) << FailureOf(c.eval);
  }
}

TEST(ScriptRunner, GoesOnAfterAFailure) {
  const ScriptReport report = RunScript(
      "load 1m\n  x 1\n\n"
      "eval instant at 0 x\n  x 2\n\n"
      "clear\n"
      "eval instant at 0 x\n\n"
      "nonsense\n\n"
      "load 1m\n  x 7\n\n"
      "load 1m\n  x 8\n\n"
      "eval instant at 0 x\n  x 7\n");
  EXPECT_EQ(report.commands, 8);
  EXPECT_EQ(report.evals, 3);
  ASSERT_EQ(report.failures.size(), 3u);
  EXPECT_EQ(report.failures[0].line, 4);
  EXPECT_EQ(report.failures[1].line, 10);
  EXPECT_EQ(report.failures[2].line, 15) << "what is loaded cannot be loaded over";
}

TEST(ScriptRunner, ClassicHistogramsBecomeCustomBuckets) {
  const char kClassic[] =
      "load_with_nhcb 1m\n"
      "  rt_bucket{le=\"1\", p=\"a\"} 2 4\n"
      "  rt_bucket{le=\"+Inf\", p=\"a\"} 8 16\n"
      "  rt_bucket{le=\"what\", p=\"a\"} 1 1\n"
      "  rt_sum{p=\"a\"} 20 50\n\n";
  EXPECT_TRUE(
      RunScript(std::string(kClassic) +
                "eval range from 0 to 1m step 1m rt\n"
                "  rt{p=\"a\"} {{schema:-53 count:8 sum:20 custom_values:[1] buckets:[2 6]}} "
                "{{schema:-53 count:16 sum:50 custom_values:[1] buckets:[4 12]}}\n\n"
                "eval instant at 0 rt_bucket{le=\"1\"}\n  rt_bucket{le=\"1\", p=\"a\"} 2\n")
          .failures.empty());
  const char* kBad[] = {"load_with_nhcb 1m\n  x_bucket{le=\"1\"} 2\n  x_bucket{le=\"2\"} 1\n",
                        "load_with_nhcb 1m\n  x_bucket{le=\"+Inf\"} 2\n  x_count 3\n"};
  for (const char* script : kBad) EXPECT_EQ(RunScript(script).failures.size(), 1u) << script;
}

}  // namespace
}  // namespace tidemark::promql

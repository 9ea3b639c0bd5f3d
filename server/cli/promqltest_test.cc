#include "server/cli/promqltest.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "server/temp_folder_for_test.h"

namespace tidemark::server {
namespace {

class PromqltestTest : public testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) {
    const std::string path = folder_.Path(name.c_str());
    std::ofstream(path) << text;
    return path;
  }

  int Run(std::vector<std::string> args) {
    CLI::App app;
    int exit_code = 0;
    AddPromqltestCommand(app, exit_code);
    args.insert(args.begin(), "promqltest");
    std::reverse(args.begin(), args.end());  // as CLI11 takes them
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    app.parse(args);
    out_ = testing::internal::GetCapturedStdout();
    err_ = testing::internal::GetCapturedStderr();
    return exit_code;
  }

  TempFolder folder_;
  std::string out_;
  std::string err_;
};

constexpr char kRight[] = "load 1m\n  x 1 2\n\neval instant at 1m x\n  x 2\n";
constexpr char kWrong[] = "load 1m\n  x 1 2\n\neval instant at 1m x\n  x 3\n";

TEST_F(PromqltestTest, CountsWhatPasses) {
  const std::string file = Write("right.test", kRight);
  EXPECT_EQ(Run({file}), 0);
  EXPECT_EQ(out_, file + ": 2 commands, 1 of them evaluations, 0 failed\n");
}

TEST_F(PromqltestTest, NamesTheLineOfAFailure) {
  const std::string right = Write("right.test", kRight);
  const std::string wrong = Write("wrong.test", kWrong);
  EXPECT_EQ(Run({wrong, right}), 1);
  EXPECT_NE(out_.find(wrong + ":4: "), std::string::npos) << out_;
  EXPECT_NE(out_.find(right + ": 2 commands"), std::string::npos) << out_;
}

TEST_F(PromqltestTest, FeaturesAreOnUnlessNamed) {
  const std::string file = Write("max_of.test", "eval instant at 0 max_of(1, 2)\n  2\n");
  EXPECT_EQ(Run({file}), 0);
  EXPECT_EQ(Run({file, "--features", "promql-experimental-functions"}), 0);
  EXPECT_EQ(Run({file, "--features", "promql-binop-fill-modifiers"}), 1);
  EXPECT_EQ(Run({file, "--features", ""}), 1);
  EXPECT_EQ(Run({file, "--features", "promql-magic"}), 1);
  EXPECT_NE(err_.find("unknown feature \"promql-magic\""), std::string::npos) << err_;
}

TEST_F(PromqltestTest, NothingToRunIsAFailure) {
  EXPECT_EQ(Run({folder_.Path("missing.test")}), 1);
  EXPECT_NE(err_.find("missing.test: cannot be read"), std::string::npos) << err_;
  EXPECT_EQ(Run({Write("empty.test", "# nothing\n")}), 1);
  EXPECT_NE(err_.find("nothing to evaluate"), std::string::npos) << err_;
}

}  // namespace
}  // namespace tidemark::server

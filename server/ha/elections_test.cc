#include "server/ha/elections.h"

#include <gtest/gtest.h>

namespace tidemark::server {
namespace {

class ElectionsTest : public testing::Test {
 protected:
  Elections::Verdict Hear(const std::string& replica, const std::string& cluster = "c") {
    return elections_.Hear({"tenant", cluster}, replica, [this] {
      ++asked_;
      return remembered_;
    });
  }
  void Hold(const std::string& replica, const std::string& body) {
    elections_.Hold({"tenant", "c"}, {replica, clock_.MonotonicNs(), false, body});
  }
  static std::vector<std::string> Bodies(const Elections::Verdict& verdict) {
    std::vector<std::string> out;
    for (const HeldRequest& one : verdict.held) out.push_back(one.body);
    return out;
  }

  HaOptions options_;
  FakeClock clock_{1'700'000'000'000};
  std::string remembered_;
  int asked_ = 0;
  Elections elections_{options_, clock_};
};

TEST_F(ElectionsTest, TheFirstIsElectedUntilItIsSilent) {
  EXPECT_TRUE(Hear("a").elected_now);
  EXPECT_FALSE(Hear("b").take);
  clock_.Advance(29'999);
  EXPECT_FALSE(Hear("b").take);
  EXPECT_TRUE(Hear("a").take);
  EXPECT_FALSE(Hear("a").elected_now);
  clock_.Advance(29'999);
  EXPECT_FALSE(Hear("b").take);
  clock_.Advance(1);
  EXPECT_TRUE(Hear("b").elected_now);
  EXPECT_FALSE(Hear("a").take);
  EXPECT_TRUE(Hear("x", "another").take);
  EXPECT_EQ(asked_, 2);
}

TEST_F(ElectionsTest, WhoWasElectedBeforeHasTimeToComeBack) {
  remembered_ = "b";
  EXPECT_FALSE(Hear("a").take);
  const Elections::Verdict b = Hear("b");
  EXPECT_TRUE(b.take);
  EXPECT_FALSE(b.elected_now);

  remembered_ = "gone";
  EXPECT_FALSE(Hear("a", "other").take);
  clock_.Advance(30'000);
  EXPECT_TRUE(Hear("a", "other").elected_now);
}

TEST_F(ElectionsTest, AFailoverBringsWhatWasHeldOfTheNewOne) {
  Hear("a");
  elections_.NoteTaken({"tenant", "c"}, 500);
  elections_.NoteTaken({"tenant", "c"}, 400);
  Hear("b");
  Hold("b", "b1");
  Hold("c", "c1");
  clock_.Advance(20'000);
  Hold("b", "b2");
  EXPECT_EQ(elections_.held_bytes(), 6u);
  clock_.Advance(20'000);
  const Elections::Verdict b = Hear("b");
  EXPECT_EQ(Bodies(b), (std::vector<std::string>{"b1", "b2"}));
  EXPECT_EQ(b.until, 500);
  EXPECT_EQ(elections_.held_bytes(), 2u);
  EXPECT_EQ(Hear("b").until, 500);

  elections_.GiveBack({"tenant", "c"}, b.held);
  EXPECT_EQ(Bodies(Hear("b")), (std::vector<std::string>{"b1", "b2"}));
}

TEST_F(ElectionsTest, HoldsForAWhileAndWithinItsBound) {
  options_.held_bytes = 10;
  Hear("a");
  Hold("b", "12345");
  Hold("b", "67890");
  Hold("b", "x");
  EXPECT_EQ(elections_.held_bytes(), 6u);
  clock_.Advance(60'001);
  Hold("b", "y");
  EXPECT_EQ(elections_.held_bytes(), 1u);
}

TEST_F(ElectionsTest, ClustersPastTheBoundAreNotWatched) {
  for (size_t i = 0; i < Elections::kMaxPairs; ++i) Hear("a", std::to_string(i));
  EXPECT_TRUE(Hear("a", "one more").take);
  EXPECT_TRUE(Hear("b", "one more").take);
  EXPECT_FALSE(Hear("b", "0").take);
}

}  // namespace
}  // namespace tidemark::server

#include "server/admission/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tidemark::server {
namespace {

using testing::HasSubstr;
using testing::Not;

Refusals Refused(Refusal reason, size_t count, const std::string& metric, const std::string& label,
                 bool observed = false) {
  const std::vector<proto::LabelView> labels = {{"__name__", metric}, {"card", "4111111111111111"}};
  Refusals refusals;
  refusals.AddForLabel(reason, count, labels, "why", label, observed);
  return refusals;
}

class LedgerTest : public testing::Test {
 protected:
  FakeClock clock_{1000};
  Ledger ledger_{clock_};
};

TEST_F(LedgerTest, CountsByTenantSenderReasonMetricAndLabel) {
  ledger_.Note({"a", "10.0.0.1"}, Refused(Refusal::kLabelNotAllowed, 2, "m", "user_id"));
  ledger_.Note({"a", "10.0.0.1"}, Refused(Refusal::kLabelNotAllowed, 3, "m", "user_id"));
  ledger_.Note({"a", "10.0.0.2"}, Refused(Refusal::kLabelNotAllowed, 7, "m", "user_id"));
  ledger_.Note({"a", "10.0.0.1"}, Refused(Refusal::kCardNumber, 1, "m", "user_id", true));
  ledger_.Note({"b", "10.0.0.1"}, Refused(Refusal::kLabelNotAllowed, 9, "m", "user_id"));
  const std::vector<Ledger::Entry> entries = ledger_.Entries("a");
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].count, 7u);
  EXPECT_EQ(entries[0].sender, "10.0.0.2");
  EXPECT_EQ(entries[1].count, 5u);
  EXPECT_EQ(entries[1].metric, "m");
  EXPECT_EQ(entries[1].label, "user_id");
  EXPECT_FALSE(entries[1].observed);
  EXPECT_TRUE(entries[2].observed);
  EXPECT_EQ(entries[2].reason, Refusal::kCardNumber);
  EXPECT_EQ(ledger_.Entries("b").size(), 1u);
}

TEST_F(LedgerTest, ExamplesHaveNoCardNumbers) {
  ledger_.Note({"a", ""}, Refused(Refusal::kCardNumber, 1, "4111111111111111", "5500005555555559"));
  const Ledger::Entry entry = ledger_.Entries("a").at(0);
  for (const std::string& text : {entry.metric, entry.label, entry.example}) {
    SCOPED_TRACE(text);
    EXPECT_THAT(text, HasSubstr("***"));
    EXPECT_THAT(text, Not(HasSubstr("1111")));
  }
}

TEST_F(LedgerTest, IsBounded) {
  for (size_t i = 0; i < Ledger::kMaxEntries + 50; ++i) {
    ledger_.Note({"a", ""}, Refused(Refusal::kConflict, 1, "m" + std::to_string(i), ""));
  }
  const std::vector<Ledger::Entry> entries = ledger_.Entries("a");
  EXPECT_EQ(entries.size(), Ledger::kMaxEntries + 1);
  EXPECT_EQ(entries[0].count, 50u);
  EXPECT_EQ(entries[0].metric, "");
}

TEST_F(LedgerTest, LogsALineAtMostEveryTenSeconds) {
  const Refusals refusals = Refused(Refusal::kConflict, 1, "m", "");
  EXPECT_FALSE(ledger_.Note({"a", ""}, Refusals()));
  EXPECT_TRUE(ledger_.Note({"a", ""}, refusals));
  EXPECT_FALSE(ledger_.Note({"a", ""}, refusals));
  clock_.Advance(10'000);
  EXPECT_TRUE(ledger_.Note({"a", ""}, refusals));
}

}  // namespace
}  // namespace tidemark::server

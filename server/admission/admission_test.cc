#include "server/admission/admission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "proto/raw_labels.h"
#include "server/ingest/ingest_for_test.h"
#include "server/ingest/intake.h"

namespace tidemark::server {
namespace {

using testing::HasSubstr;

// Refuses by the metric's name; remembers whom it was asked for.
class ByName : public SeriesPolicy {
 public:
  std::optional<SeriesRefusal> Check(const SentSeries& series) override {
    origin = std::string(series.origin.tenant) + "/" + std::string(series.origin.sender);
    if (series.raw.find("unwanted") != series.raw.npos) {
      return SeriesRefusal{Refusal::kLabelNotAllowed, "user_id", "not here"};
    }
    if (series.raw.find("observed") == series.raw.npos) return std::nullopt;
    return SeriesRefusal{Refusal::kValueTooLong, "path", "too long", true};
  }
  std::optional<SeriesRefusal> CheckExemplar(const SentSeries&,
                                             std::span<const proto::LabelView> labels) override {
    if (labels[0].name != "pan") return std::nullopt;
    return SeriesRefusal{Refusal::kCardNumber, "pan", "no cards"};
  }
  std::optional<SeriesRefusal> CheckNew(const Origin&, const tsdb::Labels& labels) override {
    if (labels.metric_name() != "past_budget") return std::nullopt;
    return SeriesRefusal{Refusal::kSeriesBudget, {}, "100 of 100 are there"};
  }
  std::string origin;
};

class AdmissionTest : public testing::Test {
 protected:
  AdmissionTest() {
    IntakeOptions options;
    options.clock = &clock_;
    options.policies = {policy_};
    options.ledger = ledger_;
    intake_ = std::make_unique<Intake>(options, metrics_);
  }

  Intake::Outcome Send(const std::vector<std::string>& metrics) {
    proto::ByteArena arena;
    return intake_->Take(
        "acme", storage_,
        [&](BodyWriter& writer) {
          for (const std::string& metric : metrics) {
            const proto::LabelView name{"__name__", metric};
            proto::SeriesView series;
            series.raw_labels = proto::WriteRawLabels({&name, 1}, arena);
            series.samples = {{kNow, 1, 0}, {kNow + 1, 2, 0}};
            writer.AddSeries(series);
          }
          return writer.status();
        },
        "10.0.0.1");
  }

  FakeClock clock_{kNow};
  Metrics metrics_;
  MapStorage storage_;
  const std::shared_ptr<ByName> policy_ = std::make_shared<ByName>();
  const std::shared_ptr<Ledger> ledger_ = std::make_shared<Ledger>(clock_);
  std::unique_ptr<Intake> intake_;
};

// Folds everything that has a name.
class FoldsAll : public SeriesPolicy {
 public:
  std::optional<SeriesRefusal> Check(const SentSeries& series) override {
    SeriesRefusal verdict;
    verdict.fold = fold;
    verdict.only_if_owned = series.raw.find("plain") != series.raw.npos;
    return verdict;
  }
  std::shared_ptr<const Fold> fold = std::make_shared<Fold>();
};

TEST_F(AdmissionTest, WhatFoldsIsRefusedWhereNothingAggregates) {
  IntakeOptions options;
  options.clock = &clock_;
  options.policies = {std::make_shared<FoldsAll>()};
  intake_ = std::make_unique<Intake>(options, metrics_);
  const Intake::Outcome outcome = Send({"a_total"});
  EXPECT_TRUE(storage_.series.empty());
  EXPECT_EQ(outcome.refused, 2u);
  EXPECT_THAT(outcome.text, HasSubstr("cannot be aggregated"));
}

TEST_F(AdmissionTest, WhatFoldsGoesToTheSumsAndNotIntoTheStorage) {
  IntakeOptions options;
  options.clock = &clock_;
  options.policies = {std::make_shared<FoldsAll>()};
  options.folds = std::make_shared<Folds>(AggregatorOptions(), metrics_, clock_);
  intake_ = std::make_unique<Intake>(options, metrics_);
  storage_.keeps_states = true;
  const Intake::Outcome outcome = Send({"a_total", "gauge", "plain_total"});
  ASSERT_TRUE(outcome.status.ok()) << outcome.status;
  // Nobody folds into the plain one; of the gauge nobody said how.
  EXPECT_EQ(storage_.series, (std::set<std::string>{Named("plain_total")}));
  EXPECT_EQ(outcome.stored.samples(), 4u);
  EXPECT_EQ(outcome.refused, 2u);
  EXPECT_THAT(outcome.text, HasSubstr("stored 4 of 6 samples; refused 2: 2 x cannot be aggreg"));
  EXPECT_EQ(storage_.states.size(), 3u);  // seed, output, inputs
}

TEST_F(AdmissionTest, ARefusedSeriesCostsOnlyItself) {
  const Intake::Outcome outcome = Send({"a", "unwanted", "b"});
  EXPECT_EQ(storage_.series, (std::set<std::string>{Named("a"), Named("b")}));
  EXPECT_EQ(outcome.stored.samples(), 4u);
  EXPECT_EQ(outcome.refused, 2u);
  EXPECT_THAT(outcome.text, HasSubstr("stored 4 of 6 samples; refused 2: 2 x label not allowed"));
  EXPECT_FALSE(outcome.past_budget);
  EXPECT_EQ(policy_->origin, "acme/10.0.0.1");
  const std::vector<Ledger::Entry> entries = ledger_->Entries("acme");
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].metric, "unwanted");
  EXPECT_EQ(entries[0].label, "user_id");
  EXPECT_EQ(entries[0].sender, "10.0.0.1");
  EXPECT_EQ(entries[0].count, 2u);
}

TEST_F(AdmissionTest, WhatIsObservedIsCountedAndStored) {
  const Intake::Outcome outcome = Send({"observed"});
  EXPECT_EQ(outcome.refused, 0u);
  EXPECT_EQ(outcome.stored.samples(), 2u);
  const Ledger::Entry entry = ledger_->Entries("acme").at(0);
  EXPECT_TRUE(entry.observed);
  EXPECT_EQ(entry.count, 2u);
}

TEST_F(AdmissionTest, ARefusedExemplarLeavesItsSeries) {
  const proto::LabelView name{"__name__", "a"};
  proto::ByteArena arena;
  proto::SeriesView series;
  series.raw_labels = proto::WriteRawLabels({&name, 1}, arena);
  series.samples = {{kNow, 1, 0}};
  std::vector<proto::ExemplarView> exemplars(2);
  for (proto::ExemplarView& one : exemplars) {
    one.labels = {{&one == &exemplars[0] ? "pan" : "trace_id", "4111111111111111"}};
    one.t = kNow;
  }
  series.exemplars = exemplars;
  const Intake::Outcome outcome = intake_->Take("acme", storage_, [&](BodyWriter& writer) {
    writer.AddSeries(series);
    return writer.status();
  });
  EXPECT_EQ(outcome.refused, 1u);
  EXPECT_EQ(outcome.stored.samples(), 1u);
  EXPECT_EQ(storage_.exemplars.size(), 1u);
  EXPECT_EQ(ledger_->Entries("acme").at(0).label, "pan");
}

TEST_F(AdmissionTest, ANewSeriesPastABudgetMayBeSentAgain) {
  const Intake::Outcome outcome = Send({"past_budget", "a"});
  EXPECT_EQ(storage_.series, (std::set<std::string>{Named("a")}));
  EXPECT_TRUE(outcome.past_budget);
  EXPECT_EQ(outcome.refused, 2u);
  EXPECT_THAT(outcome.text, HasSubstr("100 of 100 are there"));
}

}  // namespace
}  // namespace tidemark::server

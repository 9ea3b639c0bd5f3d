#include "tsdb/model/labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace tidemark::tsdb {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs PairsOf(const Labels& labels) {
  Pairs pairs;
  for (const LabelView label : labels) pairs.emplace_back(label.name, label.value);
  return pairs;
}

TEST(LabelsTest, SortsAndLeavesOutEmptyValues) {
  const auto labels = Labels::FromPairs({{"job", "api"}, {"empty", ""}, {"__name__", "up"}});
  ASSERT_TRUE(labels.ok());
  EXPECT_EQ(PairsOf(*labels), (Pairs{{"__name__", "up"}, {"job", "api"}}));
  EXPECT_EQ(labels->size(), 2u);
  EXPECT_EQ(labels->metric_name(), "up");
  EXPECT_EQ(labels->Get("job"), "api");
  EXPECT_EQ(labels->Get("jo"), "");
  EXPECT_FALSE(labels->Has("empty"));
}

TEST(LabelsTest, RefusesEmptyAndRepeatedNames) {
  const auto empty = Labels::FromPairs({{"", "x"}});
  EXPECT_EQ(empty.status().code(), StatusCode::kInvalidArgument);
  const auto twice = Labels::FromPairs({{"a", "1"}, {"b", "2"}, {"a", "1"}});
  EXPECT_EQ(twice.status().code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(MessageOf(twice.status())), testing::HasSubstr("\"a\""));
}

TEST(LabelsTest, NoLabels) {
  const Labels none;
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none.size(), 0u);
  EXPECT_EQ(none.begin(), none.end());
  EXPECT_EQ(none.ToString(), "{}");
  EXPECT_EQ(none, *Labels::FromPacked(""));
}

TEST(LabelsTest, ToString) {
  const struct {
    Labels labels;
    const char* text;
  } cases[] = {
      {Labels::Must({{"__name__", "up"}, {"job", "api"}}), R"({__name__="up", job="api"})"},
      {Labels::Must({{"service.name", "a\"b"}, {"a:b", "1"}}),
       R"({"a:b"="1", "service.name"="a\"b"})"},
  };
  for (const auto& c : cases) EXPECT_EQ(c.labels.ToString(), c.text);
}

TEST(LabelsTest, WithKeepDrop) {
  const Labels labels = Labels::Must({{"__name__", "up"}, {"b", "2"}, {"d", "4"}});
  EXPECT_EQ(labels.With("c", "3").ToString(), R"({__name__="up", b="2", c="3", d="4"})");
  EXPECT_EQ(labels.With("z", "9").ToString(), R"({__name__="up", b="2", d="4", z="9"})");
  EXPECT_EQ(labels.With("A", "0").ToString(), R"({A="0", __name__="up", b="2", d="4"})");
  EXPECT_EQ(labels.With("b", "x").ToString(), R"({__name__="up", b="x", d="4"})");
  EXPECT_EQ(labels.With("b", "").ToString(), R"({__name__="up", d="4"})");
  EXPECT_EQ(labels.DropMetricName().ToString(), R"({b="2", d="4"})");
  const std::string names[] = {"d", "nope", "__name__"};
  EXPECT_EQ(labels.Keep(names).ToString(), R"({__name__="up", d="4"})");
  EXPECT_EQ(labels.Drop(names).ToString(), R"({b="2"})");
}

TEST(LabelsTest, OrderIsLabelByLabel) {
  const Labels ascending[] = {
      Labels(),
      Labels::Must({{"a", "1"}}),
      Labels::Must({{"a", "1"}, {"b", "1"}}),
      Labels::Must({{"a", "11"}}),
      Labels::Must({{"a", "2"}}),
      Labels::Must({{"aa", "0"}}),
      Labels::Must({{"aa", std::string(200, 'x')}}),
      Labels::Must({{"b", "1"}}),
      Labels::Must({{"b", "\xff"}}),
  };
  for (size_t i = 0; i < std::size(ascending); ++i) {
    for (size_t j = 0; j < std::size(ascending); ++j) {
      EXPECT_EQ(ascending[i] <=> ascending[j], i <=> j) << i << " " << j;
      EXPECT_EQ(ascending[i] == ascending[j], i == j);
      EXPECT_EQ(ascending[i].Hash() == ascending[j].Hash(), i == j);
    }
  }
}

TEST(LabelsTest, PackedFormIsChecked) {
  const std::string good = Labels::Must({{"a", "1"}, {"b", "22"}}).packed();
  EXPECT_EQ(Labels::FromPacked(good)->ToString(), R"({a="1", b="22"})");
  for (size_t n = 1; n < good.size(); ++n) {
    if (n == 4) continue;  // exactly the first label
    EXPECT_EQ(Labels::FromPacked(good.substr(0, n)).status().code(), StatusCode::kDataLoss) << n;
  }
  for (const std::string& bad : {std::string("\x01"
                                             "b"
                                             "\x01"
                                             "1"
                                             "\x01"
                                             "a"
                                             "\x01"
                                             "1"),
                                 std::string("\x01"
                                             "a"
                                             "\x01"
                                             "1"
                                             "\x01"
                                             "a"
                                             "\x01"
                                             "2"),
                                 std::string("\x01"
                                             "a\0",
                                             3),
                                 std::string("\0\x01x", 3)}) {
    EXPECT_EQ(Labels::FromPacked(bad).status().code(), StatusCode::kDataLoss);
  }
}

TEST(LabelsTest, AgreesWithAMap) {
  std::mt19937_64 random(7);
  const auto text = [&](size_t max) {
    std::string s(random() % (max + 1), '\0');
    for (char& c : s) c = static_cast<char>('a' + random() % 3);
    return s;
  };
  for (int round = 0; round < 500; ++round) {
    std::map<std::string, std::string> model;
    Labels labels;
    for (int i = 0; i < 8; ++i) {
      const std::string name = "n" + text(2);
      const std::string value = text(random() % 20 == 0 ? 300 : 3);
      labels = labels.With(name, value);
      if (value.empty()) {
        model.erase(name);
      } else {
        model[name] = value;
      }
      ASSERT_EQ(PairsOf(labels), Pairs(model.begin(), model.end()));
      for (const auto& [n, v] : model) ASSERT_EQ(labels.Get(n), v);
    }
    ASSERT_EQ(*Labels::FromPacked(labels.packed()), labels);
  }
}

}  // namespace
}  // namespace tidemark::tsdb

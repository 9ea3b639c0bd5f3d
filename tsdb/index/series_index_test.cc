#include "tsdb/index/series_index.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <vector>

namespace tidemark::tsdb {
namespace {

using Op = Matcher::Op;
using Strings = std::vector<std::string>;

class SeriesIndexTest : public testing::Test {
 protected:
  void Add(Labels labels) {
    const auto id = static_cast<SeriesId>(next_id_++);
    const DenseRef ref = index_.Add(labels, id).ref;
    series_.push_back({std::move(labels), id, ref});
  }

  void Remove(size_t i) {
    index_.Remove(series_[i].ref);
    series_[i] = series_.back();
    series_.pop_back();
  }

  static Matcher Make(Op op, std::string_view name, std::string_view value) {
    auto made = Matcher::Make(op, name, value);
    EXPECT_TRUE(made.ok()) << made.status();
    return *std::move(made);
  }

  std::set<std::string> Select(const std::vector<Matcher>& matchers) {
    const auto found = index_.Select(matchers, nullptr);
    EXPECT_TRUE(found.ok()) << found.status();
    std::set<std::string> out;
    for (const IndexedSeries& series : *found) {
      EXPECT_TRUE(out.insert(series.labels.packed()).second);
    }
    return out;
  }

  // By asking every series.
  std::set<std::string> Scan(const std::vector<Matcher>& matchers) {
    std::set<std::string> out;
    for (const Known& series : series_) {
      bool all = true;
      for (const Matcher& m : matchers) all &= m.Matches(series.labels.Get(m.name()));
      if (all) out.insert(series.labels.packed());
    }
    return out;
  }

  struct Known {
    Labels labels;
    SeriesId id;
    DenseRef ref;
  };
  std::vector<Known> series_;
  SeriesId next_id_ = 0;
  SeriesIndex index_;
};

TEST_F(SeriesIndexTest, EmptyMeansAbsent) {
  Add(Labels::Must({{"__name__", "up"}, {"job", "a"}}));
  Add(Labels::Must({{"__name__", "up"}, {"job", "b"}}));
  Add(Labels::Must({{"__name__", "up"}}));
  const Matcher up = Matcher::Equal("__name__", "up");
  const struct {
    Matcher matcher;
    size_t found;
  } cases[] = {
      {Make(Op::kEqual, "job", "a"), 1},     {Make(Op::kEqual, "job", ""), 1},
      {Make(Op::kNotEqual, "job", "a"), 2},  {Make(Op::kNotEqual, "job", ""), 2},
      {Make(Op::kRegex, "job", "a|b"), 2},   {Make(Op::kRegex, "job", "a|"), 2},
      {Make(Op::kRegex, "job", ".*"), 3},    {Make(Op::kRegex, "job", ".+"), 2},
      {Make(Op::kNotRegex, "job", ".+"), 1}, {Make(Op::kNotRegex, "job", "a"), 2},
      {Make(Op::kEqual, "other", ""), 3},    {Make(Op::kNotEqual, "other", ""), 0},
      {Make(Op::kEqual, "job", "c"), 0},     {Make(Op::kNotRegex, "other", "x.*"), 3},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.matcher.ToString());
    EXPECT_EQ(Select({up, c.matcher}).size(), c.found);
    EXPECT_EQ(Select({up, c.matcher}), Scan({up, c.matcher}));
  }
}

// Series come and go between the rounds, so that refs and pairs are given again.
TEST_F(SeriesIndexTest, RandomMatchersFindWhatAScanFinds) {
  std::mt19937_64 random(11);
  const char* names[] = {"__name__", "a", "b", "c"};
  const auto value = [&random] { return std::to_string(random() % 40); };
  const auto add = [&] {
    std::vector<std::pair<std::string, std::string>> pairs = {{"id", std::to_string(next_id_)}};
    for (const char* name : names) {
      if (random() % 4 != 0) pairs.emplace_back(name, value());
    }
    Add(*Labels::FromPairs(std::move(pairs)));
  };
  const auto pattern = [&]() -> std::string {
    switch (random() % 6) {
      case 0:
        return "";
      case 1:
        return ".+";
      case 2:
        return value() + "|" + value();
      case 3:
        return value() + ".*|";
      case 4:
        return value() + "[0-9]?[^1]";
      default:
        return value() + ".*";
    }
  };
  for (int i = 0; i < 3000; ++i) add();
  const Op ops[] = {Op::kEqual, Op::kNotEqual, Op::kRegex, Op::kNotRegex};
  for (int round = 0; round < 400; ++round) {
    for (int i = 0; i < 20; ++i) {
      Remove(random() % series_.size());
      if (random() % 8 != 0) add();
    }
    std::vector<Matcher> matchers;
    std::string trace;
    for (uint64_t n = 1 + random() % 4; n > 0; --n) {
      const Op op = ops[random() % 4];
      const bool regex = op == Op::kRegex || op == Op::kNotRegex;
      const bool by_id = random() % 8 == 0;
      matchers.push_back(Make(op, by_id ? "id" : names[random() % 4],
                              regex                ? pattern()
                              : random() % 10 == 0 ? ""
                                                   : value()));
      trace += matchers.back().ToString() + " ";
    }
    SCOPED_TRACE(trace);
    ASSERT_EQ(Select(matchers), Scan(matchers));
  }
  ASSERT_EQ(index_.size(), series_.size());
  while (!series_.empty()) Remove(series_.size() - 1);
  EXPECT_EQ(index_.size(), 0u);
  EXPECT_TRUE(index_.LabelNames({}, 0)->empty());
}

TEST_F(SeriesIndexTest, MissingAreTheIdsThatAreNotThere) {
  next_id_ = (SeriesId{7} << 32) + 3;
  Add(Labels::Must({{"__name__", "up"}, {"job", "a"}}));
  const Roaring asked = Roaring::bitmapOf(2, 3, 4);
  EXPECT_EQ(index_.Missing(7, asked), Roaring::bitmapOf(1, 4));
  EXPECT_EQ(index_.Missing(8, asked), asked);
  Remove(0);
  EXPECT_EQ(index_.Missing(7, asked), asked);
}

TEST_F(SeriesIndexTest, NamesAndValuesSortedAndLimited) {
  Add(Labels::Must({{"__name__", "up"}, {"job", "b"}, {"zone", "x"}}));
  Add(Labels::Must({{"__name__", "up"}, {"job", "a"}}));
  Add(Labels::Must({{"__name__", "down"}, {"job", "c"}, {"pod", "p"}}));
  const std::vector<Matcher> up = {Matcher::Equal("__name__", "up")};
  EXPECT_EQ(*index_.LabelNames({}, 0), (Strings{"__name__", "job", "pod", "zone"}));
  EXPECT_EQ(*index_.LabelNames(up, 0), (Strings{"__name__", "job", "zone"}));
  EXPECT_EQ(*index_.LabelNames(up, 2), (Strings{"__name__", "job"}));
  EXPECT_EQ(*index_.LabelValues("job", {}, 0), (Strings{"a", "b", "c"}));
  EXPECT_EQ(*index_.LabelValues("job", up, 0), (Strings{"a", "b"}));
  EXPECT_EQ(*index_.LabelValues("job", {}, 1), (Strings{"a"}));
  EXPECT_EQ(*index_.LabelValues("none", {}, 0), Strings{});
}

TEST_F(SeriesIndexTest, CountsValuesFromPostings) {
  for (int i = 0; i < 200; ++i) {
    Add(Labels::Must({{"__name__", i % 4 == 0 ? "a" : "b"}, {"x", std::to_string(i % 100)}}));
  }
  Add(Labels::Must({{"__name__", "a"}, {"y", "1"}}));
  struct Case {
    std::vector<Matcher> matchers;
    Strings names;
    size_t series;
    std::string want;  // name values/series top…
  };
  const Case kCases[] = {
      {{}, {}, 201, "__name__ 2/201 b=150 a=51; x 100/200 0=2 1=2; y 1/1 1=1; "},
      {{}, {"y", "none"}, 201, "y 1/1 1=1; "},
      {{Make(Op::kEqual, "__name__", "a")}, {"x"}, 51, "x 25/50 0=2 12=2; "},
      {{Make(Op::kEqual, "x", "")}, {"__name__", "x"}, 1, "__name__ 1/1 a=1; "},
      {{Make(Op::kEqual, "x", "none")}, {}, 0, ""},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.want);
    const auto counts = index_.CountLabels(c.matchers, c.names, 2);
    ASSERT_TRUE(counts.ok()) << counts.status();
    EXPECT_EQ(counts->all_series, 201u);
    EXPECT_EQ(counts->series, c.series);
    std::string got;
    for (const LabelCount& label : counts->labels) {
      got += label.name + " " + std::to_string(label.values) + "/" + std::to_string(label.series);
      for (const ValueCount& one : label.top) {
        got += " " + one.value + "=" + std::to_string(one.series);
      }
      got += "; ";
    }
    EXPECT_EQ(got, c.want);
  }
}

TEST_F(SeriesIndexTest, ALongScanCanBeCancelled) {
  for (int i = 0; i < 10000; ++i) {
    Add(Labels::Must({{"__name__", "up"}, {"id", std::to_string(i)}}));
  }
  Cancellation cancellation;
  cancellation.Cancel();
  const Matcher any = Make(Op::kRegex, "id", "7.*");
  EXPECT_EQ(index_.Select({&any, 1}, &cancellation).status().code(), StatusCode::kCancelled);
}

}  // namespace
}  // namespace tidemark::tsdb

#include "tsdb/store/journal_floats.h"

#include <gtest/gtest.h>

#include <bit>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "tsdb/model/sample.h"

namespace tidemark::tsdb {
namespace {

std::string Encode(const std::vector<JournalFloat>& floats) {
  JournalFloatWriter writer;
  EXPECT_TRUE(writer.empty());
  for (const JournalFloat& f : floats) writer.Add(f.series, f.t, f.v);
  EXPECT_EQ(writer.empty(), floats.empty());
  std::string out;
  writer.Finish(out);
  EXPECT_TRUE(writer.empty());
  return out;
}

void ExpectRoundTrip(const std::vector<JournalFloat>& want) {
  const std::string bytes = Encode(want) + "rest";
  std::string_view in = bytes;
  std::vector<JournalFloat> got;
  ASSERT_TRUE(ReadJournalFloats(in, got));
  EXPECT_EQ(in, "rest");
  ASSERT_EQ(got.size(), want.size());
  for (size_t i = 0; i < want.size(); ++i) {
    EXPECT_EQ(got[i].series, want[i].series) << i;
    EXPECT_EQ(got[i].t, want[i].t) << i;
    EXPECT_EQ(std::bit_cast<uint64_t>(got[i].v), std::bit_cast<uint64_t>(want[i].v)) << i;
  }
}

TEST(JournalFloatsTest, AnyFloatComesBack) {
  const double values[] = {0, -0.0, 1.5, 0.1, kStaleNaN, std::numeric_limits<double>::infinity()};
  std::mt19937_64 random(7);
  ExpectRoundTrip({});
  for (int round = 0; round < 300; ++round) {
    SCOPED_TRACE(round);
    std::vector<JournalFloat> floats;
    for (uint64_t n = random() % 20; n > 0; --n) {
      const SeriesId series = random() % 2 == 0 ? random() : random() % 100;
      auto t = static_cast<int64_t>(random());
      // Runs of one series, some in time order, some too short for a chunk.
      for (uint64_t run = 1 + random() % 12; run > 0; --run) {
        const double v = random() % 3 == 0 ? std::bit_cast<double>(random()) : values[random() % 6];
        floats.push_back({series, t, v});
        t = random() % 20 == 0 ? static_cast<int64_t>(random())
                               : static_cast<int64_t>(static_cast<uint64_t>(t) + 15'000);
      }
    }
    ExpectRoundTrip(floats);
  }
}

TEST(JournalFloatsTest, WholeNumbersAndRunsAreSmall) {
  std::vector<JournalFloat> scrape;
  std::vector<JournalFloat> backfill;
  for (int i = 0; i < 1000; ++i) {
    const auto series = static_cast<SeriesId>(i);
    scrape.push_back({series, 1'767'225'600'000, static_cast<double>(i * 37 % 5000)});
    backfill.push_back({series / 100, 1'767'225'600'000 + i * 60'000, 3.25 + i % 50});
  }
  EXPECT_LT(Encode(scrape).size(), 1000 * 5u);
  EXPECT_LT(Encode(backfill).size(), 1000 * 4u);
}

TEST(JournalFloatsTest, DamageIsFoundOrHarmless) {
  std::vector<JournalFloat> floats;
  for (int i = 0; i < 12; ++i) floats.push_back({5, i * 1000, 0.1 * i});
  for (SeriesId i = 0; i < 5; ++i) floats.push_back({i, 7, 3.0});
  const std::string whole = Encode(floats);
  for (size_t n = 0; n < whole.size(); ++n) {
    std::string_view in = std::string_view(whole).substr(0, n);
    std::vector<JournalFloat> got;
    EXPECT_FALSE(ReadJournalFloats(in, got)) << n;
  }
  for (size_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::string flipped = whole;
    flipped[bit / 8] ^= static_cast<char>(1 << bit % 8);
    std::string_view in = flipped;
    std::vector<JournalFloat> got;
    if (!ReadJournalFloats(in, got)) continue;
    EXPECT_LE(got.size(), floats.size() * JournalFloatWriter::kMostInRun);
  }
}

}  // namespace
}  // namespace tidemark::tsdb

#include "tsdb/tier/tier_block.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "tsdb/base/checksum.h"
#include "tsdb/base/coding.h"
#include "tsdb/model/random_histogram.h"

namespace tidemark::tsdb {
namespace {

constexpr int64_t kHour = 3'600'000;
constexpr int64_t kStart = 1'767'225'600'000;  // 2026-01-01

bool SameBits(double a, double b) {
  return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b);
}

bool Near(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return a == b || std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b));
}

void ExpectSame(const FloatAgg& got, const FloatAgg& want) {
  ASSERT_EQ(got.n, want.n);
  if (want.n == 0) return;
  EXPECT_TRUE(SameSample(got.first, want.first));
  EXPECT_TRUE(SameSample(got.last, want.last));
  EXPECT_TRUE(Near(got.correction, want.correction)) << got.correction << " " << want.correction;
  EXPECT_TRUE(SameBits(got.min, want.min)) << got.min << " " << want.min;
  EXPECT_TRUE(SameBits(got.max, want.max));
  EXPECT_EQ(got.min_t, want.min_t);
  EXPECT_EQ(got.max_t, want.max_t);
  EXPECT_TRUE(got.overflowed || !want.overflowed);
  if (got.overflowed) return;
  EXPECT_TRUE(Near(got.Sum(), want.Sum())) << got.Sum() << " " << want.Sum();
  EXPECT_TRUE(Near(got.Average(), want.Average()));
  EXPECT_TRUE(Near(got.Variance(), want.Variance())) << got.squares << " " << want.squares;
}

void ExpectSame(const HistogramAgg& got, const HistogramAgg& want) {
  ASSERT_EQ(got.n, want.n);
  if (want.n == 0) return;
  EXPECT_EQ(got.first.t, want.first.t);
  EXPECT_EQ(got.last.t, want.last.t);
  EXPECT_TRUE(got.first.h.Equals(want.first.h));
  EXPECT_TRUE(got.last.h.Equals(want.last.h));
  EXPECT_EQ(got.first.h.counter_reset_hint, want.first.h.counter_reset_hint);
  EXPECT_EQ(got.last.h.counter_reset_hint, want.last.h.counter_reset_hint);
  EXPECT_EQ(got.lowest_schema, want.lowest_schema);
  EXPECT_EQ(got.gauges, want.gauges);
  EXPECT_EQ(got.reset_hint_seen, want.reset_hint_seen);
  EXPECT_EQ(got.no_reset_hint_seen, want.no_reset_hint_seen);
  ASSERT_EQ(got.raw_only, want.raw_only);
  EXPECT_FALSE(got.Sum().ok());
  if (want.raw_only) return;
  EXPECT_EQ(got.first_is_reset, want.first_is_reset);
  ASSERT_EQ(got.has_correction, want.has_correction);
  EXPECT_TRUE(!want.has_correction || got.correction.Equals(want.correction));
}

void ExpectSame(const Agg& got, const Agg& want) {
  ExpectSame(got.floats, want.floats);
  ExpectSame(got.histograms, want.histograms);
  EXPECT_EQ(got.resets, want.resets);
  EXPECT_EQ(got.changes, want.changes);
  EXPECT_EQ(got.stale_t, want.stale_t);
}

void ExpectRoundTrip(Tier tier, const std::vector<TierWindow>& windows) {
  const std::string value = EncodeTierBlock(tier, windows);
  TierBlockReader block;
  const Status status = block.Open(tier, value);
  ASSERT_TRUE(status.ok()) << status;
  ASSERT_EQ(block.size(), windows.size());
  Agg agg;  // the same for all: nothing of the one before is left
  for (size_t i = windows.size(); i-- > 0;) {
    SCOPED_TRACE(testing::Message() << "window " << i);
    EXPECT_EQ(block.end(i), windows[i].end);
    block.Read(i, agg);
    ExpectSame(agg, windows[i].agg);
  }
}

// One sample after the other, in windows.
class Windows {
 public:
  explicit Windows(Tier tier) : tier_(tier) {}
  template <typename... Args>
  void Add(int64_t t, Args&&... sample) {
    const int64_t end = TierWindowEnd(tier_, t);
    if (all_.empty() || all_.back().end != end) all_.push_back({end, {}});
    all_.back().agg.Add(std::forward<Args>(sample)...);
  }
  const std::vector<TierWindow>& all() const { return all_; }

 private:
  const Tier tier_;
  std::vector<TierWindow> all_;
};

class RandomSeries {
 public:
  explicit RandomSeries(uint64_t seed) : random_(seed), histograms_(seed) {}

  // Of 24 hours after kStart.
  Windows Make(Tier tier) {
    Windows out(tier);
    const uint64_t kind = random_() % 7;
    const bool custom = random_() % 2 == 0;
    const int64_t step = 1 + static_cast<int64_t>(random_() % 10) * 60'000;
    FloatHistogram h = custom ? histograms_.Custom() : histograms_.Exponential();
    double v = 0;
    for (int64_t t = kStart + 1; t <= kStart + 24 * kHour; t += step + Jitter()) {
      if (random_() % 64 == 0) t += static_cast<int64_t>(random_() % (3 * kHour));
      if (t > kStart + 24 * kHour) break;
      if (random_() % 32 == 0) {
        out.Add(t, Sample{t, kStaleNaN});
      } else if (kind == 6 || (kind == 5 && random_() % 8 != 0)) {
        if (random_() % 4 == 0) h = custom ? histograms_.Custom() : histograms_.Exponential();
        out.Add(t, t, h);
      } else {
        v = Value(kind, v);
        out.Add(t, Sample{t, v});
      }
    }
    return out;
  }

 private:
  int64_t Jitter() { return random_() % 2 == 0 ? 0 : static_cast<int64_t>(random_() % 1000); }
  double Value(uint64_t kind, double before) {
    const auto some = static_cast<double>(random_() % 1000);
    constexpr double kOdd[] = {
        std::numeric_limits<double>::infinity(),  -std::numeric_limits<double>::infinity(),
        std::numeric_limits<double>::quiet_NaN(), -0.0,
        std::numeric_limits<double>::max(),       5e-324};
    switch (kind) {
      case 0:
        return random_() % 200 == 0 ? 0 : before + some;  // a counter
      case 1:
        return some / 100;
      case 2:
        return std::exp(some / 100) - 500;
      case 3:
        return random_() % 4 == 0 ? kOdd[random_() % std::size(kOdd)] : some;
      case 4:
        return 42;
      default:
        return before + some / 1000;
    }
  }

  std::mt19937_64 random_;
  RandomHistograms histograms_;
};

TEST(TierBlock, GivesBackWhatWasWritten) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    const Tier tier = seed % 4 == 0 ? Tier::kDay : Tier::kHour;
    const Windows windows = RandomSeries(seed).Make(tier);
    if (!windows.all().empty()) ExpectRoundTrip(tier, windows.all());
  }
}

TEST(TierBlock, TakesBordersAndLoneSamples) {
  for (const int64_t t :
       {kStart, kStart + 1, int64_t{0}, int64_t{-1}, -kHour, int64_t{-5 * kHour}}) {
    SCOPED_TRACE(t);
    Windows windows(Tier::kHour);
    windows.Add(t, Sample{t, 1.5});
    windows.Add(t + kHour, Sample{t + kHour, kStaleNaN});
    ExpectRoundTrip(Tier::kHour, windows.all());
  }
}

TEST(TierBlock, ReadsWhatIncreasesNeed) {
  const Windows windows = RandomSeries(7 * 5).Make(Tier::kHour);
  const std::string value = EncodeTierBlock(Tier::kHour, windows.all());
  TierBlockReader block;
  ASSERT_TRUE(block.Open(Tier::kHour, value, TierBlockReader::Part::kIncrease).ok());
  Agg agg;
  for (size_t i = 0; i < block.size(); ++i) {
    block.Read(i, agg);
    const FloatAgg& want = windows.all()[i].agg.floats;
    EXPECT_EQ(agg.floats.n, want.n);
    EXPECT_TRUE(Near(agg.floats.Increase(), want.Increase()));
    EXPECT_EQ(agg.floats.first.t, want.first.t);
    EXPECT_EQ(agg.floats.last.t, want.last.t);
    EXPECT_EQ(agg.resets, windows.all()[i].agg.resets);
  }
}

// ---------------------------------------------------------------- sizes

TEST(TierBlock, IsSmall) {
  std::mt19937_64 random(1);
  std::normal_distribution<double> noise;
  double level = 100;
  double total = 0;
  double seconds = 1e6;
  const auto count = [&] { return static_cast<double>(random() % 2000); };
  const struct {
    const char* what;
    double most_bytes;  // an hour
    std::function<double()> next;
  } cases[] = {
      {"counter", 16, [&] { return total += count(); }},
      {"counter of seconds", 16,
       [&] { return seconds += std::round(noise(random) * 1e3 + 4e3) / 1e3; }},
      {"gauge", 24, [&] { return std::round((level += noise(random)) * 100) / 100; }},
      {"constant", 6, [&] { return 1.0; }},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    Windows windows(Tier::kHour);
    for (int64_t t = kStart + 17'253; t <= kStart + 24 * kHour; t += 60'000) {
      windows.Add(t, Sample{t, c.next()});
    }
    const double bytes = static_cast<double>(EncodeTierBlock(Tier::kHour, windows.all()).size());
    EXPECT_LE(bytes / 24, c.most_bytes);
  }
}

// ---------------------------------------------------------------- layout

std::string Hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    out += kDigits[static_cast<unsigned char>(c) >> 4];
    out += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

// The example of docs/formats.md: two hours of a counter, every half hour.
TEST(TierBlock, IsLaidOutAsDocumented) {
  Windows windows(Tier::kHour);
  for (int64_t i = 1; i <= 4; ++i) {
    const int64_t t = kStart + i * kHour / 2;
    windows.Add(t, Sample{t, static_cast<double>(i * i)});
  }
  EXPECT_EQ(Hex(EncodeTierBlock(Tier::kHour, windows.all())),
            "01012f0900a77d91200a000000000e2db774000501000208481c0820e8c000005000000000001ae0090000"
            "000114d00000000000bde85b55");
}

// Seeds of the fuzzer: TIDEMARK_WRITE_SEEDS=tests/fuzz/corpus/tier_block
TEST(TierBlock, WritesSeeds) {
  const char* const folder = std::getenv("TIDEMARK_WRITE_SEEDS");
  if (folder == nullptr) GTEST_SKIP();
  for (uint64_t seed = 0; seed < 12; ++seed) {
    std::string value = EncodeTierBlock(Tier::kHour, RandomSeries(seed).Make(Tier::kHour).all());
    value.resize(value.size() - 4);
    std::ofstream(std::string(folder) + "/seed" + std::to_string(seed), std::ios::binary) << value;
  }
}

// ---------------------------------------------------------------- damage

// With a checksum that is right again.
std::string Resealed(std::string value) {
  value.resize(value.size() - 4);
  AppendBigEndian<uint32_t>(value, Checksum32(value));
  return value;
}

TEST(TierBlock, RefusesDamage) {
  const std::string good = EncodeTierBlock(Tier::kHour, RandomSeries(5).Make(Tier::kHour).all());
  TierBlockReader block;
  EXPECT_TRUE(block.Open(Tier::kHour, good).ok());
  EXPECT_EQ(block.Open(Tier::kDay, good).code(), StatusCode::kDataLoss);
  for (size_t i = 0; i < good.size(); ++i) {
    EXPECT_FALSE(block.Open(Tier::kHour, good.substr(0, i)).ok());
    EXPECT_EQ(block.size(), 0u);
    std::string bad = good;
    bad[i] ^= 0x10;
    EXPECT_FALSE(block.Open(Tier::kHour, bad).ok());
  }
}

TEST(TierBlock, StaysWithinBytesThatPassTheChecksum) {
  std::mt19937_64 random(3);
  TierBlockReader block;
  for (uint64_t seed = 0; seed < 30; ++seed) {
    const auto windows = RandomSeries(seed).Make(Tier::kHour);
    const std::string good = EncodeTierBlock(Tier::kHour, windows.all());
    for (int i = 0; i < 50; ++i) {
      std::string bad = good;
      bad[2 + random() % (bad.size() - 2)] ^= static_cast<char>(1 << random() % 8);
      if (!block.Open(Tier::kHour, Resealed(bad)).ok()) continue;
      Agg all;
      Agg agg;
      for (size_t k = 0; k < block.size(); ++k) {
        block.Read(k, agg);
        EXPECT_LE(agg.floats.first.t, agg.floats.last.t);
        EXPECT_EQ(TierWindowEnd(Tier::kHour, agg.floats.n > 0 ? agg.floats.last.t : block.end(k)),
                  block.end(k));
      }
    }
  }
}

}  // namespace
}  // namespace tidemark::tsdb

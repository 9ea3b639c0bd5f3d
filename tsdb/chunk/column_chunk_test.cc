#include "tsdb/chunk/column_chunk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "tsdb/chunk/column_decimals.h"
#include "tsdb/chunk/column_layout.h"
#include "tsdb/chunk/column_times.h"
#include "tsdb/chunk/encoded_run.h"
#include "tsdb/chunk/float_chunk.h"
#include "tsdb/model/sample.h"

namespace tidemark::tsdb {
namespace {

constexpr int64_t kStart = 1'700'000'000'000;
constexpr double kInf = std::numeric_limits<double>::infinity();

constexpr Codec kColumnCodecs[] = {Codec::kColumnConstant, Codec::kColumnDecimal, Codec::kColumnXor,
                                   Codec::kColumnScaled};

struct Columns {
  std::vector<int64_t> t;
  std::vector<double> v;
  void Add(int64_t time, double value) {
    t.push_back(time);
    v.push_back(value);
  }
};

SealedFloats Seal(const Columns& columns) { return SealFloats(columns.t, columns.v); }

bool SameBits(double a, double b) {
  return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b);
}

Status Decode(const ChunkView& view, Columns& out) {
  const auto decoder = NewChunkDecoder(view);
  while (decoder->Next()) {
    const SampleRun& run = decoder->run();
    for (size_t i = 0; i < run.size(); ++i) out.Add(run.t[i], run.v[i]);
  }
  return decoder->status();
}

// `got` is the front of `want`.
void ExpectFront(const Columns& got, const Columns& want) {
  ASSERT_LE(got.t.size(), want.t.size());
  for (size_t i = 0; i < got.t.size(); ++i) {
    ASSERT_EQ(got.t[i], want.t[i]) << i;
    ASSERT_TRUE(SameBits(got.v[i], want.v[i])) << i << ": " << got.v[i] << ", " << want.v[i];
  }
}

Codec ExpectComesBack(const Columns& columns) {
  const SealedFloats sealed = Seal(columns);
  EXPECT_EQ(sealed.count, columns.t.size());
  Columns decoded;
  const Status status = Decode(sealed.view(), decoded);
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(decoded.t.size(), columns.t.size());
  ExpectFront(decoded, columns);
  return sealed.codec;
}

// A double that is one of the forms in turn, or any bits.
double RandomValue(std::mt19937_64& random, int kind, double before) {
  if (kind == 0) return before;
  if (kind == 1) return before + static_cast<double>(random() % 1000);
  if (kind == 2) return std::round(static_cast<double>(random() % 1'000'000)) / 100;
  if (kind == 3) return std::sin(static_cast<double>(random()));
  return std::bit_cast<double>(static_cast<uint64_t>(random()));
}

Columns RandomColumns(std::mt19937_64& random, size_t n) {
  constexpr double kSpecial[] = {kStaleNaN, kInf, -kInf, -0.0, 0.0, 0.1 + 0.2, 9007199254740993.0};
  Columns columns;
  int64_t t = static_cast<int64_t>(random() % 2'000'000'000'000) - 1'000'000'000'000;
  const int kind = static_cast<int>(random() % 5);
  const uint64_t jitter = random() % 3 == 0 ? 1 : 1 + random() % 500;
  const uint64_t gaps = 2 + random() % 100;
  const uint64_t specials = random() % 3 == 0 ? 2 + random() % 50 : 0;
  double v = 5;
  for (size_t i = 0; i < n; ++i) {
    t += 1000 + static_cast<int64_t>(random() % jitter);
    if (random() % gaps == 0) t += static_cast<int64_t>(random() >> (20 + random() % 40));
    v = RandomValue(random, kind, v);
    const bool special = specials != 0 && random() % specials == 0;
    columns.Add(t, special ? kSpecial[random() % std::size(kSpecial)] : v);
  }
  return columns;
}

TEST(ColumnChunkTest, RandomSamplesComeBack) {
  std::mt19937_64 random(71);
  for (int round = 0; round < 600; ++round) {
    SCOPED_TRACE(round);
    ExpectComesBack(RandomColumns(random, 1 + random() % 400));
    if (testing::Test::HasFailure()) return;
  }
}

TEST(ColumnChunkTest, EverySizeComesBack) {
  std::mt19937_64 random(72);
  for (size_t n = 1; n < 4 * kGroupSamples + 2; ++n) ExpectComesBack(RandomColumns(random, n));
}

TEST(ColumnChunkTest, TimesAtTheEndsComeBack) {
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  const std::vector<int64_t> cases[] = {{kMin},
                                        {kMax},
                                        {kMin, kMax},
                                        {kMin, kMin + 1, -1, 0, 1, kMax - 1, kMax},
                                        {-5, 0, 1, kStart, kStart + 1}};
  for (const auto& front : cases) {
    Columns columns;
    for (const int64_t t : front) columns.Add(t, 1.5 * static_cast<double>(columns.t.size()));
    ExpectComesBack(columns);
  }
  // The same over many groups: steps of a 512th of all there is.
  Columns wide;
  for (int i = 0; i < 512; ++i) {
    wide.Add(static_cast<int64_t>(static_cast<uint64_t>(kMin) +
                                  (uint64_t{1} << 55) * static_cast<uint64_t>(i)),
             i);
  }
  wide.Add(kMax, 0);
  ExpectComesBack(wide);
}

Columns Regular(int n, double (*value)(int)) {
  Columns columns;
  for (int i = 0; i < n; ++i) columns.Add(kStart + i * 15000, value(i));
  return columns;
}

TEST(ColumnChunkTest, TheSmallestCodec) {
  const struct {
    const char* name;
    Columns columns;
    Codec codec;
    size_t most_bytes;  // for a sample, in hundredths
  } cases[] = {
      {"constant", Regular(960, [](int) { return 0.1 + 0.2; }), Codec::kColumnConstant, 8},
      {"stale", Regular(960, [](int) { return kStaleNaN; }), Codec::kColumnConstant, 8},
      {"steady counter", Regular(960, [](int i) { return 7e9 + i * 250.0; }), Codec::kColumnScaled,
       22},
      {"counter", Regular(960, [](int i) { return 7e9 + i * 250.0 + i * 7919 % 32; }),
       Codec::kColumnScaled, 95},
      {"money", Regular(960, [](int i) { return (10000 + i * 7919 % 1024) / 100.0; }),
       Codec::kColumnScaled, 140},
      {"some stale", Regular(960, [](int i) { return i % 97 == 0 ? kStaleNaN : i; }),
       Codec::kColumnScaled, 50},
      {"noise", Regular(960, [](int i) { return std::sin(i); }), Codec::kColumnXor, 840},
      {"few", Regular(1, [](int) { return 1.0; }), Codec::kXorFloat, 1600},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(ExpectComesBack(c.columns), c.codec);
    EXPECT_LE(Seal(c.columns).bytes.size() * 100, c.most_bytes * c.columns.t.size());
  }
}

// The float chunk is measured before it is written.
TEST(ColumnChunkTest, NeverLargerThanAFloatChunk) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 2000; ++round) {
    const size_t n = 1 + random() % 64;
    std::vector<int64_t> times;
    std::vector<double> values;
    FloatChunk chunk;
    int64_t t = static_cast<int64_t>(random() % 1'000'000);
    for (size_t i = 0; i < n; ++i) {
      t += 15'000 + static_cast<int64_t>(random() % 3 == 0 ? random() % 5'000'000 : 0);
      times.push_back(t);
      values.push_back(random() % 2 == 0 ? 1.0 : static_cast<double>(random()) / 3);
      chunk.Append(t, values.back());
    }
    const SealedFloats sealed = SealFloats(times, values);
    EXPECT_LE(sealed.bytes.size(), chunk.bytes().size());
    if (sealed.codec == Codec::kXorFloat) {
      EXPECT_EQ(sealed.bytes, chunk.bytes());
    }
  }
}

TEST(ColumnChunkTest, JitterAndGapsCostLittle) {
  std::mt19937_64 random(73);
  Columns jitter, gaps;
  int64_t t = kStart;
  for (int i = 0; i < 960; ++i) {
    jitter.Add(kStart + i * 60000 + static_cast<int64_t>(random() % 16), 1);
    gaps.Add(t += i % 100 == 50 ? 120000 : 60000, 1);
  }
  ExpectComesBack(jitter);
  EXPECT_LE(Seal(jitter).bytes.size(), 960u * 5 / 8 + 15 * 6);
  ExpectComesBack(gaps);
  EXPECT_LE(Seal(gaps).bytes.size(), 200u);
}

Columns Part(const Columns& columns, size_t from, size_t to) {
  const auto at = [](const auto& all, size_t i) {
    return all.begin() + static_cast<std::ptrdiff_t>(i);
  };
  return {{at(columns.t, from), at(columns.t, to)}, {at(columns.v, from), at(columns.v, to)}};
}

// What samples of a kind are sealed to in one go, they are bit by bit, too.
TEST(ColumnChunkTest, ExtendedIsAsSealedAtOnce) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 60; ++round) {
    Columns all;
    const bool money = round % 2 == 0;
    double v = 1000;
    for (int i = 0; i < 700; ++i) {
      v += static_cast<double>(random() % 50) / (money ? 4 : 1);
      const bool stale = random() % 97 == 0;
      all.Add(kStart + i * 15'000, stale ? kStaleNaN : v);
    }
    size_t n = 129 + random() % 300;
    SealedFloats sealed = Seal(Part(all, 0, n));
    while (n < all.t.size()) {
      const size_t to = std::min(all.t.size(), n + 1 + random() % 40);
      const Columns more = Part(all, n, to);
      auto extended = ExtendFloats(sealed.view(), more.t, more.v);
      ASSERT_TRUE(extended.has_value()) << round << ": " << n << " to " << to;
      sealed = *std::move(extended);
      n = to;
    }
    EXPECT_EQ(sealed.count, all.t.size());
    EXPECT_EQ(sealed.bytes, Seal(all).bytes) << round;
  }
}

TEST(ColumnChunkTest, WhatIsBetterSealedAnewIsNotExtended) {
  Columns whole;
  for (int i = 0; i < 300; ++i) whole.Add(kStart + i * 15'000, 1000 + i * i % 91);
  const SealedFloats sealed = Seal(whole);
  ASSERT_EQ(sealed.codec, Codec::kColumnScaled);
  const int64_t next = kStart + 300 * 15'000;
  const auto extends = [](const SealedFloats& chunk, int64_t t, double v) {
    return ExtendFloats(chunk.view(), std::vector{t}, std::vector{v}).has_value();
  };
  EXPECT_TRUE(extends(sealed, next, 7));
  EXPECT_TRUE(extends(sealed, next, kInf));
  EXPECT_FALSE(extends(sealed, next, 7.5)) << "of a finer scale";
  EXPECT_FALSE(extends(sealed, next - 15'000, 7)) << "not behind it";
  EXPECT_FALSE(extends(Seal(Part(whole, 0, 128)), next, 7)) << "no group but the last";
  Columns slow;
  for (int i = 0; i < 300; ++i) slow.Add(next + i * 60'000, i);
  EXPECT_FALSE(ExtendFloats(sealed.view(), slow.t, slow.v).has_value()) << "another interval";
  for (size_t size = 0; size < sealed.bytes.size(); ++size) {
    EXPECT_FALSE(extends({sealed.codec, sealed.count, sealed.bytes.substr(0, size)}, next, 7));
  }
}

TEST(ColumnDecimalsTest, Decimals) {
  const struct {
    std::vector<double> values;
    std::optional<int> decimals;
  } cases[] = {
      {{1, 2, 3}, 0},
      {{0.5, 2}, 1},
      {{1.25, 0.001, 3}, 3},
      {{1e-9}, 9},
      {{9007199254740991.0, -9007199254740991.0}, 0},
      {{kStaleNaN, 1, kInf, -0.0}, 0},
      {{1e300, 1e-300, 0.1 + 0.2, 1.0 / 3, kInf}, std::nullopt},
  };
  for (const auto& c : cases) EXPECT_EQ(FindDecimals(c.values), c.decimals) << c.values[0];
}

TEST(ColumnTimesTest, Interval) {
  std::mt19937_64 random(74);
  std::vector<int64_t> times, jitter;
  for (int i = 0; i < 300; ++i) {
    times.push_back(kStart + i * 15000 + (i > 50 ? 45000 : 0) + (i > 200 ? 15000 : 0));
    jitter.push_back(kStart + i * 15000 + static_cast<int64_t>(random() % 10));
  }
  EXPECT_EQ(FindInterval({}), 0u);
  EXPECT_EQ(FindInterval(std::span(times).first(1)), 0u);
  EXPECT_EQ(FindInterval(std::span(times).first(2)), 15000u);
  EXPECT_EQ(FindInterval(times), 15000u);
  EXPECT_EQ(FindInterval(jitter), 15000u);
}

TEST(ColumnDecoderTest, SkipGoesToTheGroup) {
  std::mt19937_64 random(75);
  for (int round = 0; round < 200; ++round) {
    const Columns columns = RandomColumns(random, 2 * kScaledGroupSamples + random() % 800);
    const SealedFloats sealed = Seal(columns);
    const auto decoder = NewChunkDecoder(sealed.view());
    size_t done = 0;  // all before are out, or left out
    while (done < columns.t.size()) {
      const size_t wanted = done + random() % (columns.t.size() - done);
      const int64_t t = columns.t[wanted] - static_cast<int64_t>(random() % 2);
      decoder->Skip(t);
      ASSERT_TRUE(decoder->Next()) << decoder->status();
      const SampleRun& run = decoder->run();
      const auto first = static_cast<size_t>(
          std::find(columns.t.begin(), columns.t.end(), run.t[0]) - columns.t.begin());
      const size_t group = GroupSamples(sealed.codec);
      ASSERT_EQ(first % group, 0u);
      ASSERT_GE(first, done);
      ASSERT_LE(first, wanted);
      ASSERT_GE(first + 2 * group, wanted) << "not more than a group is decoded";
      for (size_t i = 0; i < run.size(); ++i) {
        ASSERT_TRUE(SameBits(run.v[i], columns.v[first + i]));
      }
      done = first + run.size();
    }
    decoder->Skip(std::numeric_limits<int64_t>::max());
    ASSERT_FALSE(decoder->Next());
    ASSERT_TRUE(decoder->status().ok());
  }
}

TEST(ColumnDecoderTest, RunListsSeek) {
  std::mt19937_64 random(76);
  const Columns columns = RandomColumns(random, 1000);
  std::string list;
  AppendRun(list, Seal(columns).view(), {columns.t.front(), columns.t.back(), 1});
  for (size_t i = 0; i < columns.t.size(); i += 1 + random() % 30) {
    RunListIterator it(list);
    ASSERT_TRUE(it.Seek(columns.t[i]));
    ASSERT_EQ(it.run().t[0], columns.t[i]);
    ASSERT_TRUE(SameBits(it.run().v[0], columns.v[i]));
    size_t left = it.run().size();
    while (it.Next()) left += it.run().size();
    ASSERT_EQ(left, columns.t.size() - i);
  }
}

// One chunk of every column codec.
std::vector<Columns> Examples() {
  return {Regular(300, [](int) { return 1.5; }),
          Regular(300, [](int i) { return i % 50 == 3 ? kInf : i * 7919 % 4096 / 10.0; }),
          Regular(300, [](int i) { return std::sin(i); })};
}

TEST(ColumnDecoderTest, CutBytesAreReportedAndTheRestIsRead) {
  for (const Columns& columns : Examples()) {
    const SealedFloats sealed = Seal(columns);
    SCOPED_TRACE(static_cast<int>(sealed.codec));
    ASSERT_TRUE(IsColumnCodec(sealed.codec));
    for (size_t n = 0; n < sealed.bytes.size(); ++n) {
      Columns decoded;
      const std::string cut = sealed.bytes.substr(0, n);
      const Status status = Decode({sealed.codec, sealed.count, cut}, decoded);
      ASSERT_EQ(status.code(), StatusCode::kDataLoss) << n;
      ASSERT_THAT(std::string(MessageOf(status)), testing::HasSubstr("at byte"));
      ASSERT_LT(decoded.t.size(), columns.t.size());
      ExpectFront(decoded, columns);
    }
    Columns decoded;
    const Status status = Decode({sealed.codec, sealed.count + 128, sealed.bytes}, decoded);
    EXPECT_EQ(status.code(), StatusCode::kDataLoss);
  }
}

// Next and Skip on bytes that are wrong: samples that ascend, then an end.
void DecodeAnything(const ChunkView& view, std::mt19937_64& random) {
  const auto decoder = NewChunkDecoder(view);
  bool any = false;
  int64_t last = 0;
  uint64_t samples = 0;
  for (;;) {
    if (random() % 4 == 0) decoder->Skip(last + static_cast<int64_t>(random() % 10'000'000));
    if (!decoder->Next()) break;
    for (const int64_t t : decoder->run().t) {
      ASSERT_TRUE(!any || t > last);
      any = true;
      last = t;
      ++samples;
    }
  }
  ASSERT_LE(samples, view.count);
  ASSERT_FALSE(decoder->Next());
}

TEST(ColumnDecoderTest, DamagedBytesEndSomewhere) {
  std::mt19937_64 random(77);
  const std::vector<Columns> examples = Examples();
  for (int round = 0; round < 20000; ++round) {
    SealedFloats sealed = Seal(examples[random() % examples.size()]);
    for (uint64_t i = 1 + random() % 4; i > 0; --i) {
      const size_t front = random() % 2 == 0 ? 30 : sealed.bytes.size();
      sealed.bytes[random() % std::min(front, sealed.bytes.size())] = static_cast<char>(random());
    }
    if (random() % 8 == 0) sealed.codec = kColumnCodecs[random() % std::size(kColumnCodecs)];
    DecodeAnything(sealed.view(), random);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(ColumnDecoderTest, RandomBytesEndSomewhere) {
  std::mt19937_64 random(78);
  for (int round = 0; round < 10000; ++round) {
    std::string bytes(random() % 120, '\0');
    for (char& c : bytes) c = static_cast<char>(random() % 3 == 0 ? random() % 4 : random());
    DecodeAnything({kColumnCodecs[random() % std::size(kColumnCodecs)], 1000, bytes}, random);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(ColumnDecoderTest, WhatNoEncoderSaysIsRefused) {
  const struct {
    const char* name;
    Codec codec;
    std::string_view bytes;
  } cases[] = {
      {"no bytes", Codec::kColumnXor, ""},
      {"no such scale", Codec::kColumnScaled, {"\x01\xff\x7f\x00\x02\x00\x00", 7}},
      {"ten decimals", Codec::kColumnDecimal, {"\x01\x0a\x00\x03\x03\x00\x02", 7}},
      {"unused bits of the head",
       Codec::kColumnConstant,
       {"\x01"
        "12345678"
        "\x00\x01\x23",
        12}},
      {"times that stand still",
       Codec::kColumnConstant,
       {"\x00"
        "12345678"
        "\x00\x01\x03",
        12}},
      {"third differences", Codec::kColumnDecimal, {"\x01\x00\x00\x03\x0f\x00\x02", 7}},
      {"a group past the end",
       Codec::kColumnConstant,
       {"\x01"
        "12345678"
        "\x00\x05\x03",
        12}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    Columns decoded;
    EXPECT_EQ(Decode({c.codec, 2, c.bytes}, decoded).code(), StatusCode::kDataLoss);
    EXPECT_TRUE(decoded.t.empty());
  }
}

}  // namespace
}  // namespace tidemark::tsdb

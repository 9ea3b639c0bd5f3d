#include "tsdb/store/journal_record.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "tsdb/model/random_histogram.h"
#include "tsdb/model/sample.h"

namespace tidemark::tsdb {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

JournalRecord RandomRecord(std::mt19937_64& random) {
  JournalRecord record;
  record.tenant = static_cast<TenantId>(random());
  const double values[] = {0, -0.0, 1.5, kStaleNaN, kInf, -kInf};
  for (uint64_t n = random() % 50; n > 0; --n) {
    record.floats.push_back({random(), static_cast<int64_t>(random()), values[random() % 6]});
  }
  RandomHistograms histograms(random());
  for (uint64_t n = random() % 10; n > 0; --n) {
    record.histograms.push_back({random(), static_cast<int64_t>(random()), histograms.Any()});
  }
  if (random() % 2 == 0) {
    for (const auto& f : record.floats) {
      record.float_starts.push_back(random() % 3 == 0 ? 0 : f.t / 1000);
    }
    record.histogram_starts.assign(record.histograms.size(), 77);
  }
  return record;
}

bool HasStarts(const std::vector<int64_t>& starts) {
  return std::any_of(starts.begin(), starts.end(), [](int64_t start) { return start != 0; });
}

std::string Encode(const JournalRecord& record, uint64_t sequence, uint64_t durable) {
  JournalWriter writer;
  for (const auto& f : record.floats) writer.AddFloat(f.series, f.t, f.v, record.StartOf(f));
  for (const auto& h : record.histograms) {
    writer.AddHistogram(h.series, h.t, h.h, record.StartOf(h));
  }
  return writer.Finish(record.tenant, sequence, durable);
}

TEST(JournalRecordTest, WhatIsWrittenIsReadBitForBit) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 200; ++round) {
    SCOPED_TRACE(round);
    const JournalRecord want = RandomRecord(random);
    const auto got = DecodeJournalRecord(100, Encode(want, 100, 97));
    ASSERT_TRUE(got.ok()) << got.status();
    EXPECT_EQ(got->tenant, want.tenant);
    EXPECT_EQ(got->durable, 97u);
    ASSERT_EQ(got->floats.size(), want.floats.size());
    for (size_t i = 0; i < want.floats.size(); ++i) {
      EXPECT_EQ(got->floats[i].series, want.floats[i].series);
      EXPECT_EQ(got->floats[i].t, want.floats[i].t);
      EXPECT_EQ(std::bit_cast<uint64_t>(got->floats[i].v),
                std::bit_cast<uint64_t>(want.floats[i].v));
    }
    EXPECT_EQ(HasStarts(got->float_starts), HasStarts(want.float_starts));
    for (size_t i = 0; i < want.floats.size(); ++i) {
      EXPECT_EQ(got->StartOf(got->floats[i]), want.StartOf(want.floats[i]));
    }
    EXPECT_EQ(got->histogram_starts, want.histogram_starts);
    ASSERT_EQ(got->histograms.size(), want.histograms.size());
    for (size_t i = 0; i < want.histograms.size(); ++i) {
      EXPECT_EQ(got->histograms[i].series, want.histograms[i].series);
      EXPECT_EQ(got->histograms[i].t, want.histograms[i].t);
      EXPECT_TRUE(got->histograms[i].h.Equals(want.histograms[i].h));
      EXPECT_EQ(got->histograms[i].h.counter_reset_hint, want.histograms[i].h.counter_reset_hint);
    }
  }
}

TEST(JournalRecordTest, BytesAreAsDocumented) {
  JournalWriter writer;
  EXPECT_TRUE(writer.empty());
  writer.AddFloat(42, 1000, 1.0);
  writer.AddFloat(43, 1000, 2.0);
  EXPECT_EQ(writer.Finish(7, 9, 8),
            std::string("\x02\x07\x01\x02"          // version, tenant, lag, n
                        "\x09\x54\xd0\x0f\x3f\xf0"  // two bytes, +42, +1000, 1.0
                        "\x09\x02\x00\x7f\xf0",     // two bytes, +1, +0, 1.0 ^ 2.0
                        15));
  EXPECT_TRUE(writer.empty());
  writer.AddFloat(42, 1000, 1.0, 500);
  writer.AddFloat(43, 1000, 2.0);
  EXPECT_EQ(writer.Finish(7, 9, 8).substr(0, 8), std::string("\x42\x07\x01"  // a kind with starts
                                                             "\x03\x05\xe8\x07"  // one, 500
                                                             "\0",
                                                             8));
}

TEST(JournalRecordTest, DamagedStartsShow) {
  JournalWriter writer;
  writer.AddFloat(42, 1000, 1.0, 500);
  writer.AddHistogram(43, 1000, FloatHistogram(), 600);
  const std::string good = writer.Finish(7, 9, 8);
  for (const size_t at : {size_t{0}, size_t{4}}) {  // no such kind; no such mode
    std::string bad = good;
    bad[at] = at == 0 ? '\x43' : '\x07';
    EXPECT_EQ(DecodeJournalRecord(9, bad).status().code(), StatusCode::kDataLoss);
  }
  for (size_t n = 0; n < 9; ++n) {
    EXPECT_EQ(DecodeJournalRecord(9, good.substr(0, n)).status().code(), StatusCode::kDataLoss);
  }
}

TEST(JournalRecordTest, TheFirstVersionIsRead) {
  const auto record =
      DecodeJournalRecord(9, std::string("\x01\x07\x01\x02"
                                         "\x54\xd0\x0f\x3f\xf0\x00\x00\x00\x00\x00\x00"
                                         "\x02\x00\x40\x00\x00\x00\x00\x00\x00\x00",
                                         25));
  ASSERT_TRUE(record.ok()) << record.status();
  ASSERT_EQ(record->floats.size(), 2u);
  EXPECT_EQ(record->floats[1].series, 43u);
  EXPECT_EQ(record->floats[1].t, 1000);
  EXPECT_EQ(record->floats[1].v, 2.0);
}

TEST(JournalRecordTest, SamplesThatReplaceSaySo) {
  JournalWriter writer;
  writer.SetLastWins();
  writer.AddFloat(7, 1000, 2.5);
  const auto got = DecodeJournalRecord(5, writer.Finish(1, 5, 5));
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_TRUE(got->last_wins);
  ASSERT_EQ(got->floats.size(), 1u);
  EXPECT_EQ(got->floats[0].v, 2.5);
  // The next record of the same writer starts anew.
  writer.AddFloat(7, 2000, 2.5);
  EXPECT_FALSE(DecodeJournalRecord(6, writer.Finish(1, 6, 5))->last_wins);
}

TEST(JournalRecordTest, DeletesAreReadAsWritten) {
  constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  const DeletedSamples cases[] = {
      {{1000, 2000}, {1, 2, 4'294'967'297, 18'446'744'073'709'551'615U}},
      {{kLeast, kMost}, {0}},
      {{-5, -5}, {}},
  };
  for (const DeletedSamples& want : cases) {
    SCOPED_TRACE(want.series.size());
    const std::string bytes = EncodeDelete(want, 7, 100, 97);
    const auto got = DecodeJournalRecord(100, bytes);
    ASSERT_TRUE(got.ok()) << got.status();
    EXPECT_EQ(got->tenant, 7u);
    EXPECT_EQ(got->durable, 97u);
    EXPECT_EQ(got->deleted.times, want.times);
    EXPECT_EQ(got->deleted.series, want.series);
    for (size_t n = 0; n < bytes.size(); ++n) {
      EXPECT_EQ(DecodeJournalRecord(100, bytes.substr(0, n)).status().code(),
                StatusCode::kDataLoss);
    }
  }
}

TEST(JournalRecordTest, DamageIsFoundOrHarmless) {
  std::mt19937_64 random(4);
  for (int round = 0; round < 30; ++round) {
    const std::string whole = Encode(RandomRecord(random), 9, 9);
    for (size_t n = 0; n < whole.size(); ++n) {
      // Cut between two histograms it is a shorter record; RocksDB's checksum
      // is what tells.  It must not read past the end.
      const auto cut = DecodeJournalRecord(9, std::string(whole.substr(0, n)));
      if (!cut.ok()) {
        EXPECT_EQ(cut.status().code(), StatusCode::kDataLoss);
      }
    }
    std::string flipped = whole;
    flipped[random() % flipped.size()] ^= static_cast<char>(1 << random() % 8);
    const auto damaged = DecodeJournalRecord(9, flipped);
    if (!damaged.ok()) {
      EXPECT_EQ(damaged.status().code(), StatusCode::kDataLoss);
    }
  }
  EXPECT_EQ(DecodeJournalRecord(1, "").status().code(), StatusCode::kDataLoss);
  EXPECT_EQ(DecodeJournalRecord(1, "\x05").status().message(),
            "journal record 1: kind 5, this program knows 1 to 4");
}

}  // namespace
}  // namespace tidemark::tsdb

#include "tsdb/block/raw_cursors.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>
#include <utility>

#include "tsdb/chunk/encoded_run.h"
#include "tsdb/chunk/float_chunk.h"
#include "tsdb/store/keys.h"

namespace tidemark::tsdb {
namespace {

class RawCursorsTest : public testing::Test {
 protected:
  RawCursorsTest() {
    path_ = testing::TempDir() + "raw_cursors_XXXXXX";
    EXPECT_NE(mkdtemp(path_.data()), nullptr);
    store_ = *Store::Open({path_, 64 << 20}, metrics_);
  }
  ~RawCursorsTest() override {
    store_.reset();
    std::filesystem::remove_all(path_);
  }

  void Write(SeriesId series) {
    FloatChunk chunk;
    chunk.Append(1, 1);
    std::string run;
    AppendRun(run, chunk.view(), {1, 1, 1, 0});
    const auto batch = store_->NewBatch();
    batch->Merge(Family::kRaw, KeyOf(series), run);
    ASSERT_TRUE(store_->Write(*batch, WriteMode::kSync).ok());
  }

  static std::string KeyOf(SeriesId series) {
    return EncodeRawKey(RawKeyOf(7, series, BlockEnd(1)));
  }

  static bool Sees(RawCursors::Cursor& cursor, SeriesId series) {
    cursor.it->Seek(KeyOf(series));
    return cursor.it->Valid();
  }

  std::string path_;
  Metrics metrics_;
  std::unique_ptr<Store> store_;
};

TEST_F(RawCursorsTest, OneIsPassedOnUntilSamplesLeaveTheHead) {
  uint64_t handovers = 0;
  RawCursors cursors(*store_, [&] { return handovers; });
  Write(1);
  RawCursors::Cursor cursor = cursors.Take();
  const StoreIterator* const first = cursor.it.get();
  EXPECT_TRUE(Sees(cursor, 1));
  cursors.GiveBack(std::move(cursor));

  cursor = cursors.Take();
  EXPECT_EQ(cursor.it.get(), first);
  cursors.GiveBack(std::move(cursor));

  Write(2);
  ++handovers;
  cursor = cursors.Take();
  EXPECT_TRUE(Sees(cursor, 2));
  EXPECT_TRUE(Sees(cursor, 1));
}

TEST_F(RawCursorsTest, OneThatIsBusyIsNotGivenTwice) {
  RawCursors cursors(*store_, [] { return uint64_t{0}; });
  const RawCursors::Cursor a = cursors.Take();
  const RawCursors::Cursor b = cursors.Take();
  EXPECT_NE(a.it, b.it);
}

}  // namespace
}  // namespace tidemark::tsdb

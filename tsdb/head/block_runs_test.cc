#include "tsdb/head/block_runs.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tsdb/chunk/encoded_run.h"
#include "tsdb/chunk/float_chunk.h"
#include "tsdb/chunk/run_union.h"
#include "tsdb/store/keys.h"

namespace tidemark::tsdb {
namespace {

using Pieces = std::vector<std::shared_ptr<const Piece>>;
using Samples = std::map<int64_t, double>;

std::shared_ptr<Piece> MakePiece(const Samples& samples) {
  auto piece = std::make_shared<Piece>();
  for (const auto& [t, v] : samples) {
    FloatChunk chunk;
    chunk.Append(t, v);
    piece->chunks.push_back(
        std::make_shared<const ClosedChunk>(ClosedChunk{Codec::kXorFloat, 1, t, t, chunk.bytes()}));
  }
  return piece;
}

// What a block holds after `stored` and the list that `pieces` become.
Samples After(const Samples& stored, const Pieces& pieces, int64_t block_end) {
  std::string before;
  for (const auto& [t, v] : stored) {
    FloatChunk chunk;
    chunk.Append(t, v);
    AppendRun(before, chunk.view(), {t, t, 1, 0});
  }
  std::vector<std::string_view> lists = {before};
  const int64_t blocks[] = {block_end};
  const auto written = ToBlockRuns(pieces, blocks, 9);
  for (const BlockRuns& block : written) {
    if (block.block_end == block_end) lists.push_back(block.runs);
  }
  Samples out;
  RunListIterator it(UnionAllRuns(lists));
  while (it.Next()) {
    for (size_t i = 0; i < it.run().size(); ++i) out[it.run().t[i]] = it.run().v[i];
  }
  EXPECT_TRUE(it.status().ok()) << it.status();
  return out;
}

TEST(BlockRuns, CutsAndSamplesCountInTheOrderOfThePieces) {
  const Samples stored = {{1000, 1}, {2000, 1}, {3000, 1}};
  auto first = MakePiece({{2000, 2}, {4000, 2}});
  auto second = MakePiece({{2000, 3}, {3000, 3}});
  second->cuts.Add({2000, 4000});
  EXPECT_EQ(After(stored, {first}, kBlockMs), (Samples{{1000, 1}, {2000, 1}, {3000, 1}, {4000, 2}}))
      << "the older value stays";
  EXPECT_EQ(After(stored, {first, second}, kBlockMs), (Samples{{1000, 1}, {2000, 3}, {3000, 3}}));
  first->last_wins = true;
  EXPECT_EQ(After(stored, {first}, kBlockMs),
            (Samples{{1000, 1}, {2000, 2}, {3000, 1}, {4000, 2}}));
  auto cut_first = std::make_shared<Piece>();
  cut_first->cuts.Add({0, 2500});
  EXPECT_EQ(After(stored, {cut_first}, kBlockMs), (Samples{{3000, 1}}));
}

TEST(BlockRuns, CutsAreWrittenOnlyWhereThereAreBlocks) {
  auto piece = MakePiece({{5 * kBlockMs, 1}});
  piece->cuts.Add({0, 1'000'000 * kBlockMs});
  const int64_t stored[] = {kBlockMs, 9 * kBlockMs};
  const auto written = ToBlockRuns(Pieces{piece}, stored, 9);
  ASSERT_EQ(written.size(), 3u);
  EXPECT_EQ(written[0].block_end, kBlockMs);
  EXPECT_EQ(written[1].block_end, 5 * kBlockMs);
  EXPECT_EQ(written[2].block_end, 9 * kBlockMs);
  EXPECT_TRUE(ToBlockRuns(Pieces{std::make_shared<Piece>()}, {}, 9).empty());
}

// One chunk and nothing else takes a way of its own, to the same bytes.
TEST(BlockRuns, OneChunkBecomesWhatAUnionMakesOfIt) {
  for (const uint32_t count : {1U, 2U, 30U, 128U, 129U, 700U, 1024U}) {
    SCOPED_TRACE(count);
    FloatChunk chunk;
    for (uint32_t i = 0; i < count; ++i) chunk.Append(1000 + 10'000 * i, i * 0.37);
    auto piece = std::make_shared<Piece>();
    piece->last_wins = count % 2 == 1;
    piece->chunks.push_back(std::make_shared<const ClosedChunk>(ClosedChunk{
        Codec::kXorFloat, count, chunk.min_t(), chunk.max_t(), std::string(chunk.bytes())}));
    std::string list;
    const uint8_t flags = piece->last_wins ? kLastWins : 0;
    AppendRun(list, chunk.view(), {chunk.min_t(), chunk.max_t(), 9, flags});
    const std::string_view lists[] = {list};
    const auto written = ToBlockRuns(Pieces{piece}, {}, 9);
    ASSERT_EQ(written.size(), 1u);
    EXPECT_EQ(written[0].block_end, BlockEnd(1000));
    EXPECT_EQ(written[0].runs, UnionRuns(lists));
  }
}

TEST(PieceTest, RemovedTimesLeaveTheOthers) {
  Piece piece = *MakePiece({{1000, 1}, {2000, 2}, {3000, 3}});
  FloatChunk chunk;
  for (int64_t t = 4000; t < 9000; t += 1000) chunk.Append(t, static_cast<double>(t));
  piece.chunks.push_back(std::make_shared<const ClosedChunk>(
      ClosedChunk{Codec::kXorFloat, chunk.count(), 4000, 8000, chunk.bytes()}));
  piece.late_floats = {{1500, 1}, {2500, 2}, {9500, 3}};
  RemoveTimes({2000, 5000}, piece);
  for (const int64_t t : {1000, 1500, 6000, 7000, 8000, 9500}) {
    EXPECT_TRUE(FindInPiece(piece, t).has_value()) << t;
  }
  for (const int64_t t : {2000, 2500, 3000, 4000, 5000}) {
    EXPECT_FALSE(FindInPiece(piece, t).has_value()) << t;
  }
  EXPECT_EQ(piece.chunks.size(), 2u);
  EXPECT_EQ(piece.chunks.back()->min_t, 6000);
  RemoveTimes({0, 10'000}, piece);
  EXPECT_TRUE(piece.empty());
}

}  // namespace
}  // namespace tidemark::tsdb

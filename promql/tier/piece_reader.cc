#include "promql/tier/piece_reader.h"

#include <algorithm>
#include <limits>

namespace tidemark::promql {

using tsdb::Tier;

void PieceReader::TierCursor::Start(const std::vector<tsdb::TierSpan>& of_plan) {
  reads = &of_plan;
  next_read = 0;
  it.reset();
  has = given = false;
  status = OkStatus();
}

bool PieceReader::TierCursor::Advance() {
  has = it->Next();
  given = false;
  if (!has && status.ok()) status = it->status();
  return has;
}

// The read that holds the piece that begins at `from`.
void PieceReader::TierCursor::OpenFor(const tsdb::TierReader& tiers, size_t series, Tier tier,
                                      int64_t from) {
  bool moved = it == nullptr;
  while (next_read < reads->size() && (*reads)[next_read].from <= from) {
    ++next_read;
    moved = true;
  }
  if (!moved) return;
  const tsdb::TierSpan& read = (*reads)[next_read - 1];
  it = tiers.Aggs(series, tier, read.from, read.to);
  Advance();
}

void PieceReader::StartSeries(size_t series, const TierPlan& plan) {
  series_ = series;
  hours_.Start(plan.hour_reads);
  days_.Start(plan.day_reads);
  raw_.reset();
  raw_next_ = raw_size_ = 0;
  raw_until_ = std::numeric_limits<int64_t>::min();
  raw_ended_ = false;
  samples_ = aggs_ = 0;
}

const tsdb::Agg* PieceReader::NextAgg(const TierPiece& piece) {
  const bool hours = piece.source == TierPiece::Source::kHour;
  TierCursor& cursor = hours ? hours_ : days_;
  cursor.OpenFor(*set_.tiers(), series_, hours ? Tier::kHour : Tier::kDay, piece.span.from);
  if (cursor.given) cursor.Advance();
  while (cursor.has && cursor.it->end() <= piece.span.from) cursor.Advance();
  if (!cursor.has || cursor.it->end() > piece.span.to) return nullptr;
  cursor.given = true;
  ++aggs_;
  return &cursor.it->agg();
}

bool PieceReader::NextRunFromStorage(int64_t after) {
  if (raw_ended_) return false;
  if (raw_ == nullptr) raw_ = set_.Samples(series_);
  const bool more = raw_until_ < after ? raw_->Seek(SaturatingAdd(after, 1)) : raw_->Next();
  raw_next_ = 0;
  raw_size_ = more ? raw_->run().size() : 0;
  raw_ended_ = !more;
  if (more) raw_until_ = raw_->run().t.back();
  return more;
}

tsdb::SampleRun PieceReader::NextRun(const TierPiece& piece) {
  while (true) {
    if (raw_size_ > 0) {
      const auto times = raw_->run().t;
      while (raw_next_ < raw_size_ && times[raw_next_] <= piece.span.from) ++raw_next_;
      size_t end = raw_next_;
      while (end < raw_size_ && times[end] <= piece.span.to) ++end;
      if (end > raw_next_) {
        const tsdb::SampleRun part = raw_->run().Part(raw_next_, end - raw_next_);
        raw_next_ = end;
        samples_ += part.size();
        return part;
      }
      if (end < raw_size_) return {};
    }
    if (raw_until_ >= piece.span.to || !NextRunFromStorage(piece.span.from)) return {};
  }
}

Status PieceReader::status() const {
  RETURN_IF_ERROR(hours_.status);
  RETURN_IF_ERROR(days_.status);
  return raw_ == nullptr ? OkStatus() : raw_->status();
}

}  // namespace tidemark::promql

#include "promql/eval/storage_range_source.h"

#include <limits>
#include <utility>
#include <vector>

#include "promql/eval/selected_series.h"

namespace tidemark::promql {
namespace {

class StorageRangeSource : public RangeSource {
 public:
  StorageRangeSource(EvalContext& context, const VectorSelector& selector, tsdb::SelectHints hints)
      : context_(context), selector_(selector), hints_(std::move(hints)) {}

  StatusOr<std::vector<tsdb::Labels>> Series() override {
    ASSIGN_OR_RETURN(set_, SelectSeries(context_, selector_, hints_));
    return LabelsOf(*set_);
  }

  Status NextSeries() override {
    it_.reset();
    ++next_;
    read_until_ = std::numeric_limits<int64_t>::min();
    exhausted_ = false;
    return OkStatus();
  }

  Status Read(int64_t start, int64_t end, SampleBuffer& buffer) override {
    if (it_ == nullptr) it_ = set_->Samples(next_ - 1);
    while (!exhausted_ && read_until_ < end) {
      // Nothing read so far is in the window: skip what lies before it.
      const bool more = read_until_ < start ? it_->Seek(SaturatingAdd(start, 1)) : it_->Next();
      if (!more) {
        exhausted_ = true;
        return it_->status();
      }
      buffer.Append(it_->run());
      read_until_ = it_->run().t.back();
    }
    return OkStatus();
  }

  bool from_storage() const override { return true; }
  bool keeps_starts() const override { return hints_.start_times; }
  const tsdb::SeriesSet* tiered() const override {
    return hints_.max_resolution_ms > 0 && set_->tiers() != nullptr ? set_.get() : nullptr;
  }

 private:
  EvalContext& context_;
  const VectorSelector& selector_;
  const tsdb::SelectHints hints_;
  std::unique_ptr<tsdb::SeriesSet> set_;
  size_t next_ = 0;
  std::unique_ptr<tsdb::SampleIterator> it_;  // null until samples are asked for
  int64_t read_until_ = 0;                    // time of the newest sample read
  bool exhausted_ = false;
};

}  // namespace

std::unique_ptr<RangeSource> MakeStorageRangeSource(EvalContext& context,
                                                    const VectorSelector& selector,
                                                    tsdb::SelectHints hints) {
  return std::make_unique<StorageRangeSource>(context, selector, std::move(hints));
}

}  // namespace tidemark::promql

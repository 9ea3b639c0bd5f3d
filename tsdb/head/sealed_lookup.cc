#include "tsdb/head/sealed_lookup.h"

#include <algorithm>
#include <utility>

#include "tsdb/base/log.h"
#include "tsdb/chunk/encoded_run.h"
#include "tsdb/store/keys.h"

namespace tidemark::tsdb {

class SealedLookup::View : public SealedView {
 public:
  struct Time {
    int64_t t;
    std::optional<SampleValue> value;
  };

  bool Covers(int64_t t, uint32_t hand_overs) const override {
    return hand_overs == hand_overs_ && At(t) != nullptr;
  }
  const SampleValue* Find(int64_t t) const override {
    const Time* found = At(t);
    return found != nullptr && found->value ? &*found->value : nullptr;
  }

  // What was read before the last hand-over may have missed what it brought.
  void Ask(int64_t t, uint32_t hand_overs) {
    if (hand_overs != hand_overs_) times_.clear();
    hand_overs_ = hand_overs;
    times_.push_back({t, std::nullopt});
    read_ = false;
  }

  void Sort() {
    std::sort(times_.begin(), times_.end(), [](const Time& a, const Time& b) { return a.t < b.t; });
    times_.erase(std::unique(times_.begin(), times_.end(),
                             [](const Time& a, const Time& b) { return a.t == b.t; }),
                 times_.end());
  }

  bool TakeUnread() { return !std::exchange(read_, true); }
  std::vector<Time>& times() { return times_; }

 private:
  const Time* At(int64_t t) const {
    const auto at = std::lower_bound(times_.begin(), times_.end(), t,
                                     [](const Time& time, int64_t want) { return time.t < want; });
    return at != times_.end() && at->t == t ? &*at : nullptr;
  }

  std::vector<Time> times_;
  uint32_t hand_overs_ = 0;
  bool read_ = false;
};

SealedLookup::SealedLookup(const Store& store, Counter& unreadable)
    : store_(store), unreadable_(unreadable) {}
SealedLookup::~SealedLookup() = default;

void SealedLookup::Ask(const HeadSeries& series, int64_t t) {
  auto& view = views_[&series];
  if (view == nullptr) view = std::make_unique<View>();
  view->Ask(t, series.hand_overs());
}

void SealedLookup::Read() {
  for (auto& [series, view] : views_) {
    if (view->TakeUnread()) ReadBlocks(*series, *view);
  }
}

void SealedLookup::ReadBlocks(const HeadSeries& series, View& view) {
  view.Sort();
  auto& times = view.times();
  for (size_t i = 0; i < times.size();) {
    const int64_t block_end = BlockEnd(times[i].t);
    const auto value =
        store_.Get(Family::kRaw, EncodeRawKey(RawKeyOf(series.tenant, series.id, block_end)));
    if (!value.ok()) {
      unreadable_.Add();
      Log(LogLevel::kError, "a stored block cannot be read; run tidemark verify",
          {{"series", series.id}, {"error", MessageOf(value.status())}});
    }
    RunListIterator it(value.ok() && *value ? std::move(**value) : std::string());
    for (; i < times.size() && times[i].t <= block_end; ++i) {
      if (!it.Seek(times[i].t) || it.run().t.front() != times[i].t) continue;
      times[i].value =
          it.run().is_float() ? SampleValue(it.run().v.front()) : SampleValue(it.run().h.front());
    }
    if (!it.status().ok()) unreadable_.Add();
  }
}

const SealedView* SealedLookup::Find(const HeadSeries& series) const {
  const auto found = views_.find(&series);
  return found == views_.end() ? nullptr : found->second.get();
}

}  // namespace tidemark::tsdb

#include "server/aggregate/aggregator.h"

#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "server/aggregate/fold_records.h"
#include "server/aggregate/gauges.h"
#include "server/aggregate/increase.h"
#include "tsdb/base/check.h"

namespace tidemark::server {
namespace {

using tsdb::FloatHistogram;
using tsdb::kStaleNaN;

// Of one output.  Samples lie at most ingest.max_future ahead, 40 windows of 15
// seconds; past it the oldest is emitted early.
constexpr size_t kMaxWindows = 64;

// In tables and allocators, beside the values; measured roughly.
constexpr uint64_t kInputBytes = sizeof(FoldInput) + 48;
constexpr uint64_t kOutputBytes = sizeof(FoldOutput) + 96;

// Inputs of one record.  More would be fewer records, and more bytes where inputs do
// not come in the company they came in first.
constexpr uint32_t kPageInputs = 32;
// Far more than memory has; a number past it is none that was written.
constexpr uint32_t kMaxPages = 1 << 24;

uint64_t RandomSeed() {
  std::random_device random;
  return uint64_t{random()} << 32 | random();
}

FoldId Hash(std::string_view bytes, uint64_t seed) {
  const XXH128_hash_t hash = XXH3_128bits_withSeed(bytes.data(), bytes.size(), seed);
  return {hash.high64, hash.low64};
}

FoldId OutputId(const FoldId& labels, FoldFunction function, bool histograms) {
  return {labels.high, labels.low + static_cast<uint64_t>(function) * 2 + (histograms ? 1 : 0)};
}

FloatHistogram StaleHistogram() {
  FloatHistogram stale;
  stale.sum = kStaleNaN;
  return stale;
}

}  // namespace

std::string_view FoldVerdictText(FoldVerdict verdict) {
  switch (verdict) {
    case FoldVerdict::kCounted:
    case FoldVerdict::kBehindGrid:
    case FoldVerdict::kRepeated:
      return "";
    case FoldVerdict::kNotFinite:
      return "a counter that is NaN or Inf";
    case FoldVerdict::kFull:
      return "raise it, or send fewer series";
    case FoldVerdict::kNoFunction:
      return "no counter by its name; say gauges or counters in the rule of the schema";
    case FoldVerdict::kGaugeHistogram:
      return "a gauge histogram";
    case FoldVerdict::kMixedHistograms:
      return "exponential and custom buckets in one sum";
  }
  return "";
}

Aggregator::Aggregator(const AggregatorOptions& options) : options_(options), seed_(RandomSeed()) {}

FoldId Aggregator::LabelsId(const tsdb::Labels& labels) const {
  return Hash(labels.packed(), seed_);
}

// An input is one of its output: under another schema it begins anew.
FoldId Aggregator::InputId(const tsdb::Labels& labels, const FoldId& output) const {
  return Hash(labels.packed(), seed_ ^ output.low ^ output.high);
}

// ---------------------------------------------------------------- inputs

FoldInput* Aggregator::Find(const tsdb::Labels& labels, const Fold& fold, bool histograms,
                            int64_t now_ms, FoldVerdict& why) {
  const auto function =
      histograms ? FoldFunction::kIncrease : fold.FunctionOf(labels.metric_name());
  why = FoldVerdict::kNoFunction;
  if (!function) return nullptr;
  const tsdb::Labels folded = fold.Output(labels);
  const FoldId output_id = OutputId(LabelsId(folded), *function, histograms);
  const FoldId id = InputId(labels, output_id);
  const auto found = by_input_.find(id);
  if (found != by_input_.end()) return &inputs_[found->second];
  why = FoldVerdict::kFull;
  if (bytes_ >= options_.max_bytes) return nullptr;
  FoldInput& input = NewInput(id, OutputOf(folded, *function, histograms));
  input.heard_ms = now_ms;
  return &input;
}

FoldOutput& Aggregator::OutputOf(const tsdb::Labels& labels, FoldFunction function,
                                 bool histograms) {
  const FoldId labels_id = LabelsId(labels);
  std::unique_ptr<FoldOutput>& output = outputs_[OutputId(labels_id, function, histograms)];
  if (output == nullptr) {
    output = std::make_unique<FoldOutput>();
    output->id = OutputId(labels_id, function, histograms);
    output->labels = labels;
    output->function = function;
    output->histograms = histograms;
    output->bytes = kOutputBytes + labels.packed().size();
    bytes_ += output->bytes;
    ++owned_[labels_id];
  }
  return *output;
}

FoldInput& Aggregator::NewInput(const FoldId& id, FoldOutput& output) {
  if (free_.empty()) AddPages(static_cast<uint32_t>(inputs_.size() / kPageInputs) + 1);
  const uint32_t place = free_.back();
  free_.pop_back();
  return NewInputAt(place, id, output);
}

// The lowest of new places is the first to be taken.
void Aggregator::AddPages(uint32_t pages) {
  const auto before = static_cast<uint32_t>(inputs_.size());
  if (pages * kPageInputs <= before) return;
  inputs_.resize(pages * kPageInputs);
  page_dirty_.resize(pages);
  for (uint32_t place = pages * kPageInputs; place > before; --place) free_.push_back(place - 1);
}

FoldInput& Aggregator::NewInputAt(uint32_t place, const FoldId& id, FoldOutput& output) {
  FoldInput& input = inputs_[place];
  input.id = id;
  input.output = &output;
  input.place = place;
  ++output.sources;
  if (output.function != FoldFunction::kIncrease) output.inputs.push_back(place);
  by_input_.emplace(id, place);
  Weigh(input);
  return input;
}

void Aggregator::Weigh(FoldInput& input) {
  uint64_t bytes = kInputBytes + input.gauges.capacity() * sizeof(FoldGauge);
  if (input.histogram != nullptr) bytes += input.histogram->SizeBytes();
  bytes_ += bytes - input.bytes;
  input.bytes = bytes;
}

bool Aggregator::Owns(const tsdb::Labels& labels) const {
  return owned_.contains(LabelsId(labels));
}

FoldVerdict Aggregator::Add(FoldInput& input, const tsdb::Sample& sample, int64_t now_ms) {
  FoldOutput& output = *input.output;
  CHECK(!output.histograms, "a float for an output of histograms");
  const bool ended = tsdb::IsStaleNaN(sample.v);
  if (sample.t <= input.t || (ended && input.t == kNoTime)) return FoldVerdict::kRepeated;
  const bool counter = output.function == FoldFunction::kIncrease;
  if (counter && !ended && !std::isfinite(sample.v)) return FoldVerdict::kNotFinite;
  bool behind = false;
  FoldWindow& window = WindowFor(output, sample.t, behind);
  if (!counter) {
    const size_t n = input.gauges.size();
    const bool same = n > 0 && GridEnd(input.gauges[n - 1].t, options_.interval_ms) ==
                                   GridEnd(sample.t, options_.interval_ms);
    if (same) input.gauges.pop_back();
    input.gauges.push_back({sample.t, sample.v});
    Weigh(input);
  } else if (!ended) {
    if (input.t != kNoTime) window.increase += Increase(input.v, sample.v);
    input.v = sample.v;
  }
  Advance(input, sample.t, ended, now_ms);
  return behind ? FoldVerdict::kBehindGrid : FoldVerdict::kCounted;
}

FoldVerdict Aggregator::AddHistogram(FoldInput& input, int64_t t, const FloatHistogram& h,
                                     int64_t now_ms) {
  FoldOutput& output = *input.output;
  CHECK(output.histograms, "a histogram for an output of floats");
  const bool ended = h.IsStale();
  if (t <= input.t || (ended && input.t == kNoTime)) return FoldVerdict::kRepeated;
  if (h.counter_reset_hint == tsdb::CounterResetHint::kGauge) return FoldVerdict::kGaugeHistogram;
  if (!ended && (!std::isfinite(h.count) || !std::isfinite(h.sum))) return FoldVerdict::kNotFinite;
  const bool first = !output.born && output.emitted == kNoTime && output.windows.empty();
  if (!ended && first) output.histogram_total = EmptyLike(h);
  if (!ended && output.histogram_total.UsesCustomBuckets() != h.UsesCustomBuckets()) {
    return FoldVerdict::kMixedHistograms;
  }
  bool behind = false;
  FoldWindow& window = WindowFor(output, t, behind);
  if (!ended) {
    FloatHistogram now = h;
    now.counter_reset_hint = tsdb::CounterResetHint::kUnknown;
    if (!window.histogram) window.histogram = EmptyLike(now);
    if (input.t != kNoTime) {
      const Status grown = Grow(*window.histogram, Increase(*input.histogram, now));
      CHECK(grown.ok(), "kinds of buckets were compared before");
    }
    input.histogram = std::make_unique<FloatHistogram>(std::move(now));
    Weigh(input);
  }
  Advance(input, t, ended, now_ms);
  return behind ? FoldVerdict::kBehindGrid : FoldVerdict::kCounted;
}

void Aggregator::Advance(FoldInput& input, int64_t t, bool ended, int64_t now_ms) {
  FoldOutput& output = *input.output;
  const bool was_live = input.t != kNoTime && !input.ended;
  if (was_live && ended) --output.live;
  if (!was_live && !ended) ++output.live;
  input.t = t;
  input.ended = ended;
  input.heard_ms = now_ms;
  output.newest = std::max(output.newest, t);
  output.heard_ms = now_ms;
  NoteDirty(input);
  NoteDirty(output);
  if (!output.queued) queue_.push_back(&output);
  output.queued = true;
}

FoldWindow& Aggregator::WindowFor(FoldOutput& output, int64_t t, bool& behind) {
  int64_t end = GridEnd(t, options_.interval_ms);
  behind = output.emitted != kNoTime && end <= output.emitted;
  if (behind) end = GridEnd(output.emitted + 1, options_.interval_ms);
  std::vector<FoldWindow>& windows = output.windows;
  const auto at = std::lower_bound(windows.begin(), windows.end(), end,
                                   [](const FoldWindow& w, int64_t e) { return w.end < e; });
  if (at != windows.end() && at->end == end) return *at;
  if (windows.size() < kMaxWindows) return *windows.insert(at, {end, 0, {}});
  EmitUpTo(output, windows.front().end);
  return WindowFor(output, t, behind);
}

// ---------------------------------------------------------------- points

void Aggregator::EmitDue(int64_t now_ms) {
  for (FoldOutput* const output : queue_) {
    output->queued = false;
    EmitUpTo(*output, TimeBefore(std::min(output->newest, now_ms), options_.delay_ms));
  }
  queue_.clear();
}

void Aggregator::EmitQuiet(int64_t now_ms) {
  for (const auto& [id, output] : outputs_) {
    if (output->windows.empty() || now_ms - output->heard_ms < options_.delay_ms) continue;
    EmitUpTo(*output, now_ms - options_.delay_ms);
  }
}

void Aggregator::EmitAll(int64_t now_ms) {
  for (const auto& [id, output] : outputs_) EmitUpTo(*output, now_ms);
}

void Aggregator::EmitUpTo(FoldOutput& output, int64_t end) {
  std::vector<FoldWindow>& windows = output.windows;
  size_t n = 0;
  for (; n < windows.size() && windows[n].end <= end; ++n) {
    Emit(output, windows[n], n + 1 == windows.size());
  }
  if (n == 0) return;
  windows.erase(windows.begin(), windows.begin() + static_cast<ptrdiff_t>(n));
  NoteDirty(output);
}

void Aggregator::Emit(FoldOutput& output, FoldWindow& window, bool last) {
  if (output.function == FoldFunction::kIncrease) {
    EmitCounter(output, window, last);
  } else {
    EmitGauge(output, window);
  }
  output.born = true;
  output.emitted = window.end;
}

void Aggregator::EmitCounter(FoldOutput& output, FoldWindow& window, bool last) {
  if (output.histograms) {
    if (window.histogram) {
      CHECK(Grow(output.histogram_total, *window.histogram).ok(), "buckets of two kinds");
    }
    if (!output.born && output.histogram_total.count != 0) {
      PutHistogram(output, window.end - 1, EmptyLike(output.histogram_total));
    }
    PutHistogram(output, window.end, output.histogram_total);
    if (last && output.live == 0) PutHistogram(output, window.end + 1, StaleHistogram());
    return;
  }
  output.total += window.increase;
  if (!output.born && output.total != 0) Put(output, window.end - 1, 0);
  Put(output, window.end, output.total);
  if (last && output.live == 0) Put(output, window.end + 1, kStaleNaN);
}

void Aggregator::EmitGauge(FoldOutput& output, const FoldWindow& window) {
  std::vector<FoldGauge> values;
  for (const uint32_t place : output.inputs) {
    if (const auto value = GaugeAt(inputs_[place], window.end)) values.push_back(*value);
  }
  Put(output, window.end, CombineGauges(output.function, values).value_or(kStaleNaN));
}

// Drops what no later point needs.
std::optional<FoldGauge> Aggregator::GaugeAt(FoldInput& input, int64_t end) {
  std::vector<FoldGauge>& gauges = input.gauges;
  size_t n = 0;
  while (n < gauges.size() && gauges[n].t <= end) ++n;
  if (n == 0) return std::nullopt;
  const FoldGauge at = gauges[n - 1];
  if (n > 1) {
    gauges.erase(gauges.begin(), gauges.begin() + static_cast<ptrdiff_t>(n - 1));
    NoteDirty(input);
  }
  if (tsdb::IsStaleNaN(at.v) || at.t <= TimeBefore(end, options_.lookback_ms)) return std::nullopt;
  return at;
}

void Aggregator::Put(const FoldOutput& output, int64_t t, double v) {
  points_.push_back({output.id, output.labels, t, v, nullptr});
}

void Aggregator::PutHistogram(const FoldOutput& output, int64_t t, FloatHistogram h) {
  points_.push_back(
      {output.id, output.labels, t, 0, std::make_unique<FloatHistogram>(std::move(h))});
}

// ---------------------------------------------------------------- what is stored

void Aggregator::NoteDirty(FoldOutput& output) {
  if (!output.dirty) dirty_outputs_.push_back(&output);
  output.dirty = true;
}

void Aggregator::NoteDirty(const FoldInput& input) {
  const uint32_t page = input.place / kPageInputs;
  if (!page_dirty_[page]) dirty_pages_.push_back(page);
  page_dirty_[page] = true;
}

FoldChanges::Record Aggregator::PageRecord(uint32_t page) const {
  std::string value;
  for (uint32_t place = page * kPageInputs; place < (page + 1) * kPageInputs; ++place) {
    const FoldInput& input = inputs_[place];
    if (input.output != nullptr && input.t != kNoTime) AppendInput(value, input);
  }
  if (value.empty()) return {PageKey(page), std::nullopt};
  return {PageKey(page), std::move(value)};
}

FoldChanges Aggregator::TakeChanges() {
  FoldChanges changes;
  changes.points.swap(points_);
  for (std::string& key : erased_) changes.records.push_back({std::move(key), std::nullopt});
  erased_.clear();
  if (!seed_stored_ && !dirty_outputs_.empty()) {
    changes.records.push_back({SeedKey(), EncodeSeed(seed_)});
    seed_stored_ = true;
  }
  for (FoldOutput* const output : dirty_outputs_) {
    output->dirty = false;
    changes.records.push_back({OutputKey(output->id), EncodeOutput(*output)});
  }
  dirty_outputs_.clear();
  std::sort(dirty_pages_.begin(), dirty_pages_.end());
  for (const uint32_t page : dirty_pages_) {
    page_dirty_[page] = false;
    changes.records.push_back(PageRecord(page));
  }
  dirty_pages_.clear();
  return changes;
}

void Aggregator::NoteLost(const FoldId& output) {
  const auto found = outputs_.find(output);
  if (found == outputs_.end()) return;
  found->second->born = false;
  NoteDirty(*found->second);
}

size_t Aggregator::Load(const std::vector<std::pair<std::string, std::string>>& records,
                        int64_t now_ms) {
  size_t unreadable = 0;
  // The seed first, then outputs, then their inputs.
  for (const char wanted : {kSeedRecord, kOutputRecord, kPageRecord}) {
    for (const auto& [bytes, value] : records) {
      FoldKey key;
      if (!DecodeFoldKey(bytes, key)) {
        unreadable += wanted == kSeedRecord ? 1 : 0;
      } else if (key.record == wanted && !LoadRecord(key, value, now_ms)) {
        ++unreadable;
      }
    }
  }
  free_.clear();
  for (auto place = static_cast<uint32_t>(inputs_.size()); place > 0; --place) {
    if (inputs_[place - 1].output == nullptr) free_.push_back(place - 1);
  }
  return unreadable;
}

bool Aggregator::LoadRecord(const FoldKey& key, std::string_view value, int64_t now_ms) {
  if (key.record == kOutputRecord) return LoadOutput(key.id, value, now_ms);
  if (key.record == kPageRecord) return LoadPage(key.page, value, now_ms);
  const StatusOr<uint64_t> seed = DecodeSeed(value);
  seed_stored_ = seed.ok();
  if (seed.ok()) seed_ = *seed;
  return seed.ok();
}

bool Aggregator::LoadOutput(const FoldId& id, std::string_view value, int64_t now_ms) {
  StatusOr<FoldOutput> read = DecodeOutput(value);
  if (!read.ok()) return false;
  FoldOutput& output = OutputOf(read->labels, read->function, read->histograms);
  if (output.id != id) return false;  // under another seed
  output.born = read->born;
  output.emitted = read->emitted;
  output.total = read->total;
  output.histogram_total = std::move(read->histogram_total);
  output.windows = std::move(read->windows);
  output.heard_ms = now_ms;
  return true;
}

bool Aggregator::LoadPage(uint32_t page, std::string_view value, int64_t now_ms) {
  StatusOr<std::vector<StoredInput>> stored = DecodePage(value);
  if (!stored.ok() || stored->size() > kPageInputs || page >= kMaxPages) return false;
  AddPages(page + 1);
  bool whole = true;
  uint32_t place = page * kPageInputs;
  for (StoredInput& one : *stored) whole &= LoadInput(place++, std::move(one), now_ms);
  return whole;
}

bool Aggregator::LoadInput(uint32_t place, StoredInput stored, int64_t now_ms) {
  const auto found = outputs_.find(stored.output);
  if (found == outputs_.end() || by_input_.contains(stored.input.id)) return false;
  FoldOutput& output = *found->second;
  const bool gauges = output.function != FoldFunction::kIncrease;
  if (output.histograms != stored.histograms || gauges != stored.gauges) return false;
  FoldInput& input = NewInputAt(place, stored.input.id, output);
  input.t = stored.input.t;
  input.ended = stored.input.ended;
  input.v = stored.input.v;
  input.histogram = std::move(stored.input.histogram);
  input.gauges = std::move(stored.input.gauges);
  input.heard_ms = now_ms;
  Weigh(input);
  output.newest = std::max(output.newest, input.t);
  if (!input.ended) ++output.live;
  return true;
}

// ---------------------------------------------------------------- forgetting

void Aggregator::Expire(int64_t now_ms) {
  CHECK(dirty_pages_.empty() && dirty_outputs_.empty() && queue_.empty(),
        "changes were not taken before");
  bool any = false;
  for (FoldInput& input : inputs_) {
    if (input.output == nullptr || now_ms - input.heard_ms < options_.idle_ms) continue;
    Forget(input);
    any = true;
  }
  if (any) ForgetOutputs();
}

void Aggregator::Forget(FoldInput& input) {
  FoldOutput& output = *input.output;
  if (input.t != kNoTime && !input.ended) --output.live;
  --output.sources;
  NoteDirty(input);
  by_input_.erase(input.id);
  free_.push_back(input.place);
  bytes_ -= input.bytes;
  input = FoldInput();
}

// Those without inputs; the lists of others lose the places that are free.
void Aggregator::ForgetOutputs() {
  for (auto it = outputs_.begin(); it != outputs_.end();) {
    FoldOutput& output = *it->second;
    std::erase_if(output.inputs, [&](uint32_t place) { return inputs_[place].output != &output; });
    if (output.sources > 0 || !output.windows.empty()) {
      ++it;
      continue;
    }
    erased_.push_back(OutputKey(output.id));
    const auto owned = owned_.find(LabelsId(output.labels));
    if (--owned->second == 0) owned_.erase(owned);
    bytes_ -= output.bytes;
    outputs_.erase(it++);
  }
}

}  // namespace tidemark::server

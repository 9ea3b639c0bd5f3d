// Which labels a series gets may change from step to step, when its info series
// come and go.  So a series becomes as many as it has sets of labels over time,
// its *variants*: each with samples at the steps at which it has that set.
#include "promql/functions/info.h"

#include <absl/container/flat_hash_map.h>
#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "promql/eval/instant_selector.h"
#include "promql/eval/unique_series.h"
#include "promql/functions/info_matchers.h"
#include "promql/functions/info_series.h"

namespace tidemark::promql {
namespace {

using tsdb::Labels;

class InfoOperator : public VectorOperator {
 public:
  InfoOperator(EvalContext& context, const WindowTimes& times, const VectorSelector* selector,
               std::unique_ptr<VectorOperator> base)
      : context_(context),
        times_(times),
        matchers_(selector),
        base_(std::move(base)),
        info_(context) {}

  StatusOr<std::vector<Labels>> Series() override {
    ASSIGN_OR_RETURN(bases_, base_->Series());
    RETURN_IF_ERROR(ReadInfoSeries());
    std::vector<Labels> labels;
    for (const Labels& base : bases_) {
      RETURN_IF_ERROR(context_.CheckRunning());
      RETURN_IF_ERROR(AddVariants(base, labels));
    }
    return labels;
  }

  Status Next(StepSeries& out) override {
    const Variant& variant = variants_[next_++];
    if (variant.first_of_base) RETURN_IF_ERROR(NextBase());
    out.Reset(steps());
    for (size_t step = 0; step < steps(); ++step) {
      if (data_.kinds[step] == SampleKind::kNone || chosen_[step] != variant.speakers) continue;
      RETURN_IF_ERROR(variant.error);
      if (variant.dropped) continue;
      if (data_.kinds[step] == SampleKind::kFloat) {
        out.SetFloat(step, data_.values[step]);
      } else {
        out.SetHistogram(step, data_.histograms[step]);
      }
    }
    return OkStatus();
  }

 private:
  // The info series that speak for one series at a step, one per source.
  using Speakers = std::vector<uint32_t>;

  struct Variant {
    bool first_of_base = false;
    uint32_t speakers = 0;  // number of its Speakers among those of its base
    bool dropped = false;   // without info series, and they are required
    Status error;           // if there is a sample
  };

  size_t steps() const { return times_.steps.count; }

  Status ReadInfoSeries() {
    selector_.matchers = matchers_.Select(bases_);
    if (selector_.matchers.empty()) return OkStatus();
    tsdb::SelectHints hints;
    hints.start = SaturatingAdd(SaturatingSub(times_.End(0), context_.lookback_ms), 1);
    hints.end = times_.End(steps() - 1);
    hints.step_ms = times_.steps.step_ms;
    hints.function = "info";
    const auto selected = MakeInstantSelector(context_, selector_, times_, std::move(hints),
                                              SelectorValue::kSampleTime);
    return info_.Read(steps(), *selected);
  }

  // Numbers the Speakers of a base as they appear, step by step.
  StatusOr<std::vector<Speakers>> SpeakersOf(const std::vector<size_t>& sources) {
    std::vector<Speakers> known;
    std::map<Speakers, uint32_t> numbers;
    chosen_.assign(steps(), 0);
    Speakers speakers(sources.size());
    for (size_t step = 0; step < steps(); ++step) {
      RETURN_IF_ERROR(context_.CheckRunning(step));
      for (size_t i = 0; i < sources.size(); ++i) speakers[i] = info_.At(sources[i], step);
      if (step > 0 && speakers == known[chosen_[step - 1]]) {
        chosen_[step] = chosen_[step - 1];
        continue;
      }
      const auto [it, added] = numbers.try_emplace(speakers, static_cast<uint32_t>(known.size()));
      if (added) known.push_back(speakers);
      chosen_[step] = it->second;
    }
    return known;
  }

  std::vector<size_t> SourcesOf(const Labels& base) const {
    if (matchers_.IsInfo(base)) return {};
    return info_.SourcesOf(base);
  }

  Status AddVariants(const Labels& base, std::vector<Labels>& labels) {
    ASSIGN_OR_RETURN(const std::vector<Speakers> all_speakers, SpeakersOf(SourcesOf(base)));
    const bool is_info = matchers_.IsInfo(base);
    bool first = true;
    uint32_t number = 0;
    for (const Speakers& speakers : all_speakers) {
      RETURN_IF_ERROR(context_.CheckRunning(number));
      Variant variant{.first_of_base = std::exchange(first, false),
                      .speakers = number++,
                      .dropped = false,
                      .error = OkStatus()};
      labels.push_back(is_info ? base : Enriched(base, speakers, variant));
      variants_.push_back(std::move(variant));
    }
    return OkStatus();
  }

  Labels Enriched(const Labels& base, const Speakers& speakers, Variant& variant) const {
    std::map<std::string_view, std::string_view> added;
    bool matched = false;
    for (const uint32_t speaker : speakers) {
      if (speaker == InfoSeries::kNone) continue;
      matched = true;
      for (const tsdb::LabelView label : info_.labels(speaker)) {
        if (!matchers_.Takes(label.name) || base.Has(label.name)) continue;
        const auto [it, is_new] = added.try_emplace(label.name, label.value);
        if (!is_new && it->second != label.value) {
          variant.error = FailedPrecondition(fmt::format("conflicting label: {}", label.name));
        }
      }
    }
    variant.dropped = !matched && !matchers_.keeps_unmatched();
    Labels labels = base;
    for (const auto& [name, value] : added) labels = labels.With(name, value);
    return labels;
  }

  // The next base's data, and which Speakers it has at each step.
  Status NextBase() {
    RETURN_IF_ERROR(context_.CheckRunning());
    RETURN_IF_ERROR(base_->Next(data_));
    for (size_t step = 0; step < steps(); ++step) {
      RETURN_IF_ERROR(context_.CheckRunning(step));
      if (data_.kinds[step] != SampleKind::kNone) RETURN_IF_ERROR(info_.CheckStep(step));
    }
    return SpeakersOf(SourcesOf(bases_[next_base_++])).status();
  }

  EvalContext& context_;
  const WindowTimes times_;
  const InfoMatchers matchers_;
  const std::unique_ptr<VectorOperator> base_;
  VectorSelector selector_;  // of the info series
  InfoSeries info_;
  std::vector<Labels> bases_;
  std::vector<Variant> variants_;  // of all bases, one after the other
  size_t next_ = 0;
  size_t next_base_ = 0;
  StepSeries data_;               // of the current base
  std::vector<uint32_t> chosen_;  // number of its Speakers by step
};

}  // namespace

std::unique_ptr<VectorOperator> MakeInfo(EvalContext& context, const WindowTimes& times,
                                         const VectorSelector* selector,
                                         std::unique_ptr<VectorOperator> base) {
  auto op = std::make_unique<InfoOperator>(context, times, selector, std::move(base));
  return MakeUniqueSeries(context, times.steps, std::move(op));
}

}  // namespace tidemark::promql

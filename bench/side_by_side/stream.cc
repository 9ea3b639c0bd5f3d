#include "bench/side_by_side/stream.h"

#include <snappy.h>

#include <algorithm>
#include <protozero/pbf_writer.hpp>
#include <utility>

namespace tidemark::bench {

namespace {
constexpr protozero::pbf_tag_type kTimeSeries = 1;  // of a WriteRequest
}

Stream::Stream(const StreamOptions& options, std::vector<Instance> instances)
    : options_(options), instances_(std::move(instances)), rng_(options.seed) {}

int64_t Stream::slots() const {
  const int64_t full = (options_.scrapes + options_.per_series - 1) / options_.per_series;
  return full + (options_.late > 0 || options_.duplicate > 0 ? 1 : 0);
}

std::vector<Request> Stream::NextSlot() {
  const int64_t first = slot_ * options_.per_series;
  const auto count =
      static_cast<int>(std::clamp<int64_t>(options_.scrapes - first, 0, options_.per_series));
  if (count > 0) {
    for (Instance& instance : instances_) {
      const bool up = instance.Scrape(first, count, payloads_);
      Add(instance, up, count);
    }
  }
  AddHeldBack();
  Finish();
  ++slot_;
  return std::exchange(requests_, {});
}

void Stream::Add(Instance& instance, bool may_wait, int count) {
  for (size_t i = 0; i < instance.size(); ++i) {
    if (may_wait && Happens(options_.late)) {
      const int64_t until = slot_ + std::uniform_int_distribution<>(1, options_.max_late)(rng_);
      later_.emplace(std::min(until, slots() - 1), instance.labels(i) + payloads_[i]);
      continue;
    }
    AddSeries(instance.labels(i), payloads_[i], count);
    if (Happens(options_.duplicate)) {
      later_.emplace(slot_ + (Happens(0.5) ? 1 : 0), instance.labels(i) + payloads_[i]);
    }
  }
}

void Stream::AddHeldBack() {
  const auto end = later_.upper_bound(slot_);
  for (auto it = later_.begin(); it != end; it = later_.erase(it)) AddSeries(it->second, "", 1);
}

void Stream::AddSeries(const std::string& labels, const std::string& payload, int samples) {
  protozero::pbf_writer(body_).add_bytes_vectored(kTimeSeries, labels, payload);
  samples_ += static_cast<size_t>(samples);
  if (samples_ >= options_.per_request) Finish();
}

void Stream::Finish() {
  if (samples_ == 0) return;
  Request request = {"", samples_};
  snappy::Compress(body_.data(), body_.size(), &request.body);
  requests_.push_back(std::move(request));
  body_.clear();
  samples_ = 0;
}

}  // namespace tidemark::bench

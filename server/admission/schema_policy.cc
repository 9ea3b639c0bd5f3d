#include "server/admission/schema_policy.h"

#include <xxhash.h>

#include <cstddef>
#include <random>
#include <utility>
#include <vector>

#include "proto/remote_write.h"

namespace tidemark::server {
namespace {

constexpr size_t kPlaces = size_t{1} << 21;
// A series may be in any place of one cache line: with one place each, series that
// share it would put each other out at every request.
constexpr size_t kTogether = 64 / sizeof(uint64_t);

uint64_t RandomSeed() {
  std::random_device random;
  return uint64_t{random()} << 32 | random();
}

}  // namespace

SchemaPolicy::SchemaPolicy(LabelSchema schema)
    : schema_(std::move(schema)),
      seed_(RandomSeed()),
      passed_(std::make_unique<std::atomic<uint64_t>[]>(kPlaces)) {}

bool SchemaPolicy::HasPassed(size_t first, uint64_t hash) const {
  for (size_t i = first; i < first + kTogether; ++i) {
    if (passed_[i].load(std::memory_order_relaxed) == hash) return true;
  }
  return false;
}

void SchemaPolicy::NotePassed(size_t first, uint64_t hash) {
  size_t place = first + hash % kTogether;  // whose series leaves, where all are taken
  for (size_t i = first; i < first + kTogether; ++i) {
    if (passed_[i].load(std::memory_order_relaxed) == 0) {
      place = i;
      break;
    }
  }
  passed_[place].store(hash, std::memory_order_relaxed);
}

std::optional<SeriesRefusal> SchemaPolicy::Check(const SentSeries& series) {
  const std::string_view tenant = series.origin.tenant;
  if (series.raw.empty()) return schema_.Check(tenant, series.labels);
  const uint64_t seed = XXH3_64bits_withSeed(tenant.data(), tenant.size(), seed_);
  const XXH128_hash_t hash = XXH3_128bits_withSeed(series.raw.data(), series.raw.size(), seed);
  const size_t first = hash.low64 % (kPlaces / kTogether) * kTogether;
  if (HasPassed(first, hash.high64)) return std::nullopt;
  std::vector<proto::LabelView> labels;
  proto::ReadLabels(series.raw, labels);
  std::optional<SeriesRefusal> refusal = schema_.Check(tenant, labels);
  if (!refusal) NotePassed(first, hash.high64);
  return refusal;
}

std::optional<SeriesRefusal> SchemaPolicy::CheckExemplar(const SentSeries& series,
                                                         std::span<const proto::LabelView> labels) {
  const std::string_view tenant = series.origin.tenant;
  if (series.raw.empty()) return schema_.CheckExemplar(tenant, series.labels, labels);
  std::vector<proto::LabelView> of_series;
  proto::ReadLabels(series.raw, of_series);
  return schema_.CheckExemplar(tenant, of_series, labels);
}

}  // namespace tidemark::server

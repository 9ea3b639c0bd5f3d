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

uint64_t RandomSeed() {
  std::random_device random;
  return uint64_t{random()} << 32 | random();
}

}  // namespace

SchemaPolicy::SchemaPolicy(LabelSchema schema)
    : schema_(std::move(schema)),
      seed_(RandomSeed()),
      passed_(std::make_unique<std::atomic<uint64_t>[]>(kPlaces)) {}

std::optional<SeriesRefusal> SchemaPolicy::Check(const SentSeries& series) {
  const std::string_view tenant = series.origin.tenant;
  if (series.raw.empty()) return schema_.Check(tenant, series.labels);
  const uint64_t seed = XXH3_64bits_withSeed(tenant.data(), tenant.size(), seed_);
  const XXH128_hash_t hash = XXH3_128bits_withSeed(series.raw.data(), series.raw.size(), seed);
  std::atomic<uint64_t>& place = passed_[hash.low64 % kPlaces];
  if (place.load(std::memory_order_relaxed) == hash.high64) return std::nullopt;
  std::vector<proto::LabelView> labels;
  proto::ReadLabels(series.raw, labels);
  std::optional<SeriesRefusal> refusal = schema_.Check(tenant, labels);
  if (!refusal) place.store(hash.high64, std::memory_order_relaxed);
  return refusal;
}

}  // namespace tidemark::server

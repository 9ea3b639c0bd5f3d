// SchemaPolicy: a LabelSchema, asked of every series, known or not.
//
// A series that breaks no rule is remembered by a hash of its bytes, and costs that
// hash and one look the next time.  The memory is a fixed 16 MiB, in which a newer
// series takes the place of an older one; whoever lost its place is checked again.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "server/admission/admission.h"
#include "server/admission/label_schema.h"

namespace tidemark::server {

// Threads: any.
class SchemaPolicy : public SeriesPolicy {
 public:
  explicit SchemaPolicy(LabelSchema schema);
  std::optional<SeriesRefusal> Check(const SentSeries& series) override;
  std::optional<SeriesRefusal> CheckExemplar(const SentSeries& series,
                                             std::span<const proto::LabelView> labels) override;

 private:
  // Among the places of a cache line from `first` on.
  bool HasPassed(size_t first, uint64_t hash) const;
  void NotePassed(size_t first, uint64_t hash);

  const LabelSchema schema_;
  const uint64_t seed_;  // of this process, so that no sender can aim at a place
  // Of series that passed: by the hash's low half, its high half; 0: none.  Relaxed: each
  // entry is whole in itself, and one that is missed costs a check.
  const std::unique_ptr<std::atomic<uint64_t>[]> passed_;
};

}  // namespace tidemark::server

// Ledger: everything that was refused since the start, by tenant, sender, reason,
// metric and label, each with its newest example.
//
//   ledger.Note({"default", "10.0.0.7"}, writer.refusals());
//   for (const Ledger::Entry& entry : ledger.Entries("default")) …
//
// It is bounded: past kMaxEntries what is new is counted without its metric and
// label, and past twice that without its sender.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "server/admission/admission.h"
#include "server/ingest/refusals.h"
#include "tsdb/base/clock.h"
#include "tsdb/base/mutex.h"

namespace tidemark::server {

// Threads: any.
class Ledger {
 public:
  static constexpr size_t kMaxEntries = 10'000;

  struct Entry {
    std::string tenant;
    std::string sender;
    Refusal reason = Refusal::kCount;
    bool observed = false;  // by a rule in mode observe: it was stored
    std::string metric;     // "": none, or any past a bound
    std::string label;      // at fault; "": none in particular
    uint64_t count = 0;     // samples, exemplars and metadata
    int64_t first_ms = 0;   // since the Unix epoch
    int64_t last_ms = 0;
    std::string example;  // masked
  };

  explicit Ledger(const Clock& clock = Clock::System()) : clock_(clock) {}

  // Of one request.  Leaves a line in the log, at most every ten seconds; true: it did.
  bool Note(const Origin& origin, const Refusals& refusals);

  // The tenant's, the largest count first.
  std::vector<Entry> Entries(std::string_view tenant) const;

 private:
  struct Key {
    std::string tenant, sender;
    Refusal reason;
    bool observed;
    std::string metric, label;
    auto operator<=>(const Key&) const = default;
  };
  struct Value {
    uint64_t count = 0;
    int64_t first_ms = 0;
    int64_t last_ms = 0;
    std::string example;
  };

  void AddLocked(Key key, const Refusals::Part& part, int64_t now_ms)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Clock& clock_;
  mutable Mutex mutex_;
  std::map<Key, Value> entries_ ABSL_GUARDED_BY(mutex_);
  uint64_t untold_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t next_line_ns_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace tidemark::server

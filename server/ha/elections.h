// Elections: of several senders of the same, the one that is listened to.
//
// The first to come is elected, and stays so until nothing came of it for the
// failover time; then the next to come is.  What the others send is held for that
// long, so that nothing is missing between the last sample of the one and the
// first request of the other.
//
// Threads: any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "server/ha/ha_options.h"
#include "tsdb/base/clock.h"
#include "tsdb/base/mutex.h"

namespace tidemark::server {

// A request of a replica that is not elected.
struct HeldRequest {
  std::string replica;
  int64_t received_ns = 0;  // monotonic
  bool is_v2 = false;
  std::string body;  // snappy
};

// Tenant and cluster.
using PairKey = std::pair<std::string, std::string>;

class Elections {
 public:
  // Clusters past this are not watched: all their replicas are listened to.
  static constexpr size_t kMaxPairs = 10'000;

  // `clock` must outlive it.
  Elections(const HaOptions& options, const Clock& clock) : options_(options), clock_(clock) {}

  struct Verdict {
    bool take = true;
    bool elected_now = false;  // nobody, or another one, was before
    // With elected_now: samples up to that time came from the one before.
    int64_t until = std::numeric_limits<int64_t>::min();
    // Held requests of this replica, oldest first, to be taken as well; give back
    // what could not be.
    std::vector<HeldRequest> held;
  };
  // A request of `replica` is there.  `remembered` says who was elected before this
  // process started, or ""; it is asked, without a lock, for the first request of a
  // pair.
  Verdict Hear(const PairKey& key, const std::string& replica,
               const std::function<std::string()>& remembered);

  // What was not taken: the oldest are dropped where there is no room.
  void Hold(const PairKey& key, HeldRequest request);
  // Requests of a Verdict that could not be stored: they come with the next one.
  void GiveBack(const PairKey& key, std::vector<HeldRequest> requests);
  // The elected one's samples reach up to `newest`, in milliseconds.
  void NoteTaken(const PairKey& key, int64_t newest);

  uint64_t held_bytes() const;

 private:
  struct Pair {
    std::string elected;
    int64_t heard_ns = 0;  // of the elected one, last
    int64_t newest = std::numeric_limits<int64_t>::min();
    int64_t until = std::numeric_limits<int64_t>::min();
    std::deque<HeldRequest> held;
  };

  bool Knows(const PairKey& key) const;
  void DropOld(Pair& pair) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void DropFront(Pair& pair) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::vector<HeldRequest> TakeHeld(Pair& pair, const std::string& replica)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const HaOptions& options_;
  const Clock& clock_;
  mutable Mutex mutex_;
  std::map<PairKey, Pair> pairs_ ABSL_GUARDED_BY(mutex_);
  uint64_t held_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace tidemark::server

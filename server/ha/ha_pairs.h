// HaPairs: several senders of the same, such as two Prometheus servers that scrape
// the same targets, of which one at a time is listened to.
//
// They say who they are with two labels of all their series, Prometheus' external
// labels: the cluster, which both have, and the replica, which is each one's own.
// The labels of a request's first series count for all of it.  Of the elected
// replica (elections.h) everything is stored, without the replica's label; what
// the others send is answered as taken, and held for a while.  When the elected one
// has been silent for the failover time, the next to come is elected: what was held
// of it is stored, as far as it is newer than the last sample of the one before.
//
// Who is elected is kept in the tenant's own series tidemark_ha_elected, a 1 by
// cluster and replica at most every 15 s: a restart elects the same one again, and
// a query shows who it was when.
//
// Threads: any.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "server/ha/elections.h"
#include "server/ha/ha_options.h"
#include "server/ingest/intake.h"
#include "tsdb/base/metrics.h"

namespace tidemark::server {

class HaPairs {
 public:
  // A request of a remote-write sender, decoded.
  struct Request {
    const std::string& tenant;
    tsdb::Storage& storage;
    bool is_v2;
    std::string_view body;
    size_t max_written_bytes;  // see BodyWriter::WriteV2
    std::string_view sender = {};
  };
  struct Result {
    bool taken = true;        // false: of a replica that is not elected
    Intake::Outcome outcome;  // of the request itself; where not taken, as if it had been
  };

  // `metrics` must outlive this.
  HaPairs(HaOptions options, std::shared_ptr<Intake> intake, Metrics& metrics);

  // Nothing: the request is of no replica, and to be taken like any other.
  std::optional<Result> Take(const Request& request);

 private:
  Intake::Outcome Store(const Request& request, int64_t until, int64_t* newest);
  // False when some could not be stored now.
  bool StoreHeld(const Request& request, const PairKey& key, Elections::Verdict& verdict);
  void Remember(const Request& request, const PairKey& key, const std::string& replica,
                bool elected_now);
  std::string Remembered(const Request& request, const std::string& cluster) const;
  void Hold(const Request& request, const PairKey& key, const std::string& replica);

  const HaOptions options_;
  const std::shared_ptr<Intake> intake_;
  Elections elections_;
  Mutex mutex_;
  std::map<PairKey, int64_t> remembered_ms_ ABSL_GUARDED_BY(mutex_);  // when, last
  Counter* not_taken_;
  Counter* elected_;
};

}  // namespace tidemark::server

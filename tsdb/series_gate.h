// SeriesGate: who decides whether a series may be created, and hears which are
// in memory.
//
// A series is *active* from when it is created, or comes back into memory, until
// it leaves it (StorageOptions::series_idle_ms).  Series that the database knows
// are never asked about: each of them was admitted once.
#pragma once

#include <string_view>

#include "tsdb/base/status.h"
#include "tsdb/model/labels.h"

namespace tidemark::tsdb {

// Threads: all functions may be called from any thread, and are, with a shard of
// the head locked: they must be quick, and must not call the storage.
class SeriesGate {
 public:
  virtual ~SeriesGate() = default;

  // A series that the database does not know.  OK: it is active from now on.
  //   any other code  it is not created, and CommitReport::refused has the Status
  virtual Status Admit(std::string_view tenant, const Labels& labels) = 0;

  // A known series is active from now on: it was read at the start, or came back.
  virtual void Note(std::string_view tenant, const Labels& labels) = 0;

  // An active series is so no more.
  virtual void Forget(std::string_view tenant, const Labels& labels) = 0;
};

}  // namespace tidemark::tsdb

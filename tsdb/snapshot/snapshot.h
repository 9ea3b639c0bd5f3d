// TakeSnapshot: a consistent copy of a running database.
//
// <path>/snapshots/<name>/ gets `db`, a RocksDB checkpoint, and `manifest`
// (tsdb/snapshot/manifest.h).  Sealed files are hard links, so that a snapshot
// costs little space until compactions replace them; logs are copied.  Opening
// the copy replays the journal as a start after a crash does.
#pragma once

#include <string>

#include "tsdb/base/clock.h"
#include "tsdb/base/status.h"
#include "tsdb/head/journal.h"
#include "tsdb/head/sealer.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

// Everything that was acknowledged before the call is in it.  Returns its name,
// "20260131T120000Z-" and 16 hex digits.  Writes go on in the meantime, a seal
// waits for the links and copies, not for the checksums.
//   kUnavailable  the disk is full or failing; nothing is left of it
// Threads: one at a time.
StatusOr<std::string> TakeSnapshot(const std::string& path, Store& store, const Journal& journal,
                                   Sealer& sealer, const Clock& clock);

}  // namespace tidemark::tsdb

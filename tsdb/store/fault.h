// FaultPoint: a named step at which a test may make the store fail, or kill the
// process.  Without a hook it costs one relaxed load.
//
//   RETURN_IF_ERROR(FaultPoint("seal.flushed"));
//
// The names: store.write (before every batch; nothing of it is written),
// open.loaded, open.filled, seal.frozen, seal.merged, seal.flushed, seal.trimmed,
// retention.marked, retention.released, rollup.made, rollup.kept (marks are not taken
// away yet), rollup.written, rollup.verified, store.dropping (a day's tables are gone,
// all else of it is not), snapshot.copied, snapshot.finished, tombstones.sealed; and,
// where a hook can only kill, because what it returns is ignored: commit.applied,
// commit.written, delete.applied, delete.written.
#pragma once

#include <functional>
#include <string_view>

#include "tsdb/base/status.h"

namespace tidemark::tsdb {

// Called with the step's name, from any thread; what it returns is what the
// step fails with.
using FaultHook = std::function<Status(std::string_view step)>;

Status FaultPoint(std::string_view step);

// One hook per process; an empty one takes it away.  Not while a Storage runs
// steps of which the hook must see all.
void SetFaultHookForTest(FaultHook hook);

}  // namespace tidemark::tsdb

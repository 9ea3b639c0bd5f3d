// CutLogTail: makes a log that a power cut left with garbage at its end readable.
#pragma once

#include <string>

namespace tidemark::tsdb {

// RocksDB takes a log that ends inside a record, but not one that goes on with
// bytes that are none, as file systems leave it that grow a file before they
// write it.  Cuts the newest log that holds anything where such bytes begin, if
// nothing that can be read follows them: what was synced lies before, so nothing
// acknowledged under fsync: always is among them.  Says so in the log, and keeps
// the bytes in a file beside it, `lost-NNNNNN.log-OFFSET`.  False when nothing
// was cut: then the damage is not at the end, and stays for `tidemark verify`.
bool CutLogTail(const std::string& folder);

}  // namespace tidemark::tsdb

// Whole files: read, summed, and written so that they are on the device when a
// function returns.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tsdb/base/status.h"

namespace tidemark {

struct FileSum {
  uint64_t bytes = 0;
  uint64_t checksum = 0;  // XXH3-64, seed 0
};

// Errors of all of them:
//   kUnavailable  the file system refused; the message names the file and why

// Reads the file to its end.
StatusOr<FileSum> SumFile(const std::string& path);
// For files that fit into memory.
StatusOr<std::string> ReadWholeFile(const std::string& path);
// The file must not exist yet.
Status WriteNewFile(const std::string& path, std::string_view content);
Status CopyToNewFile(const std::string& from, const std::string& to);
// Names in the folder, made or renamed, survive a power cut from now on.
Status SyncFolder(const std::string& path);

}  // namespace tidemark

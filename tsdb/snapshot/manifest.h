// SnapshotManifest: what a snapshot consists of, and how to tell that it is
// whole.  A file `manifest` beside what it lists; docs/formats.md has the layout.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tsdb/base/status.h"
#include "tsdb/base/files.h"

namespace tidemark::tsdb {

inline constexpr std::string_view kManifestName = "/manifest";

struct SnapshotManifest {
  struct File {
    std::string path;  // relative to the snapshot
    FileSum sum;
  };

  uint32_t format_version = 0;  // of the database: kFormatVersion
  int64_t created_ms = 0;       // since the Unix epoch
  // All journal records below it are in the snapshot, or sealed in it.
  uint64_t journal_next = 0;
  std::vector<File> files;  // by path
};

std::string EncodeManifest(const SnapshotManifest& manifest);
//   kDataLoss            not as it was written; the message says which line
//   kFailedPrecondition  written by a newer version
StatusOr<SnapshotManifest> DecodeManifest(std::string_view text);

// Every file below `folder`, but for the manifest, with its sum.
StatusOr<std::vector<SnapshotManifest::File>> ListFiles(const std::string& folder);

// Reads the manifest of the snapshot in `folder` and every file that it lists.
//   kNotFound  there is none: no snapshot, or one that was not finished
//   kDataLoss  a file is missing, or is not as it was; the message names it
StatusOr<SnapshotManifest> CheckSnapshot(const std::string& folder);

}  // namespace tidemark::tsdb

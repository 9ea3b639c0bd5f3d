#include "tsdb/snapshot/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>

#include "tsdb/base/checksum.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {
namespace {

constexpr std::string_view kTitle = "tidemark-snapshot";
constexpr uint64_t kVersion = 1;

// Takes "<key> <rest>\n" off the front of `text`; nothing when it is not there.
std::optional<std::string_view> TakeLine(std::string_view& text, std::string_view key) {
  const size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  if (!line.starts_with(key) || line.substr(key.size(), 1) != " ") return std::nullopt;
  text.remove_prefix(end + 1);
  return line.substr(key.size() + 1);
}

template <typename Number>
bool TakeNumber(std::string_view& in, Number& out, int base = 10) {
  const char* end = in.data() + in.size();
  const auto [stop, error] = std::from_chars(in.data(), end, out, base);
  if (error != std::errc() || (stop != end && *stop != ' ')) return false;
  in.remove_prefix(std::min(in.size(), static_cast<size_t>(stop - in.data()) + 1));
  return true;
}

template <typename Number>
bool TakeNumberLine(std::string_view& text, std::string_view key, Number& out) {
  std::optional<std::string_view> rest = TakeLine(text, key);
  return rest && TakeNumber(*rest, out) && rest->empty();
}

bool TakeFile(std::string_view line, SnapshotManifest::File& file) {
  if (!TakeNumber(line, file.sum.bytes) || !TakeNumber(line, file.sum.checksum, 16)) return false;
  file.path = std::string(line);
  // Nothing outside of the snapshot is read, or written by a restore.
  return !line.empty() && !line.starts_with('/') && line.find("..") == std::string_view::npos;
}

Status Damaged(std::string_view what) {
  return DataLoss(fmt::format("the snapshot's manifest is damaged: {}", what));
}

}  // namespace

std::string EncodeManifest(const SnapshotManifest& manifest) {
  std::string out =
      fmt::format("{} {}\nformat {}\ncreated {}\njournal {}\n", kTitle, kVersion,
                  manifest.format_version, manifest.created_ms, manifest.journal_next);
  for (const SnapshotManifest::File& file : manifest.files) {
    out += fmt::format("file {} {:016x} {}\n", file.sum.bytes, file.sum.checksum, file.path);
  }
  return out + fmt::format("end {:016x}\n", Checksum64(out));
}

StatusOr<SnapshotManifest> DecodeManifest(std::string_view text) {
  const std::string_view whole = text;
  SnapshotManifest out;
  uint64_t version = 0;
  if (!TakeNumberLine(text, kTitle, version)) return Damaged("it does not begin like one");
  if (version > kVersion) {
    return FailedPrecondition(fmt::format(
        "the snapshot was written by a newer version of Tidemark (manifest {}, this one knows {})",
        version, kVersion));
  }
  if (!TakeNumberLine(text, "format", out.format_version)) return Damaged("no format");
  if (!TakeNumberLine(text, "created", out.created_ms)) return Damaged("no time");
  if (!TakeNumberLine(text, "journal", out.journal_next)) return Damaged("no journal position");
  while (const auto line = TakeLine(text, "file")) {
    SnapshotManifest::File file;
    if (!TakeFile(*line, file)) return Damaged(fmt::format("\"file {}\"", *line));
    out.files.push_back(std::move(file));
  }
  const std::string_view summed = whole.substr(0, whole.size() - text.size());
  std::optional<std::string_view> end = TakeLine(text, "end");
  uint64_t checksum = 0;
  if (!end || !TakeNumber(*end, checksum, 16) || !text.empty()) return Damaged("it is cut");
  if (checksum != Checksum64(summed)) return Damaged("its checksum is wrong");
  if (out.format_version > kFormatVersion) {
    return FailedPrecondition(fmt::format(
        "the snapshot was written by a newer version of Tidemark (format {}, this one knows {})",
        out.format_version, kFormatVersion));
  }
  return out;
}

StatusOr<std::vector<SnapshotManifest::File>> ListFiles(const std::string& folder) {
  namespace fs = std::filesystem;
  std::vector<SnapshotManifest::File> out;
  std::error_code error;
  fs::recursive_directory_iterator it(folder, error);
  for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    if (!it->is_regular_file(error)) continue;
    const std::string path = it->path().string();
    if (path == folder + std::string(kManifestName)) continue;
    ASSIGN_OR_RETURN(const FileSum sum, SumFile(path));
    out.push_back({path.substr(folder.size() + 1), sum});
  }
  if (error) return Unavailable(fmt::format("cannot list {}: {}", folder, error.message()));
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return out;
}

StatusOr<SnapshotManifest> CheckSnapshot(const std::string& folder) {
  const std::string path = folder + std::string(kManifestName);
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    return NotFound(fmt::format("{} is no finished snapshot: it has no file manifest", folder));
  }
  ASSIGN_OR_RETURN(const std::string text, ReadWholeFile(path));
  ASSIGN_OR_RETURN(SnapshotManifest manifest, DecodeManifest(text));
  for (const SnapshotManifest::File& file : manifest.files) {
    const std::string at = folder + "/" + file.path;
    if (!std::filesystem::exists(at, error)) {
      return DataLoss(fmt::format("the snapshot's file {} is missing", at));
    }
    ASSIGN_OR_RETURN(const FileSum sum, SumFile(at));
    if (sum.bytes == file.sum.bytes && sum.checksum == file.sum.checksum) continue;
    return DataLoss(fmt::format(
        "the snapshot's file {} is damaged: {} bytes with checksum {:016x}, want {} with {:016x}",
        at, sum.bytes, sum.checksum, file.sum.bytes, file.sum.checksum));
  }
  return manifest;
}

}  // namespace tidemark::tsdb

#include "tsdb/base/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <functional>
#include <vector>

#include "tsdb/base/checksum.h"

namespace tidemark {
namespace {

constexpr size_t kChunkBytes = 1 << 20;

Status FileError(std::string_view doing, const std::string& path) {
  return Unavailable(fmt::format("cannot {} {}: {}", doing, path, std::strerror(errno)));
}

// Closes what was opened.
class Descriptor {
 public:
  Descriptor(const std::string& path, int flags)
      : fd_(open(path.c_str(), flags | O_CLOEXEC, 0644)) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

 private:
  const int fd_;
};

Status ReadInParts(const std::string& path, const std::function<Status(std::string_view)>& use) {
  const Descriptor file(path, O_RDONLY);
  if (!file.ok()) return FileError("open", path);
  std::vector<char> buffer(kChunkBytes);
  for (;;) {
    const ssize_t n = read(file.get(), buffer.data(), buffer.size());
    if (n == 0) return OkStatus();
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return FileError("read", path);
    RETURN_IF_ERROR(use({buffer.data(), static_cast<size_t>(n)}));
  }
}

Status WriteAll(const Descriptor& file, const std::string& path, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(file.get(), bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return FileError("write", path);
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return OkStatus();
}

Status Sync(const Descriptor& file, const std::string& path) {
  return fsync(file.get()) == 0 ? OkStatus() : FileError("sync", path);
}

}  // namespace

StatusOr<FileSum> SumFile(const std::string& path) {
  FileSum out;
  ChecksumStream sum;
  RETURN_IF_ERROR(ReadInParts(path, [&](std::string_view bytes) {
    out.bytes += bytes.size();
    sum.Add(bytes);
    return OkStatus();
  }));
  out.checksum = sum.sum();
  return out;
}

StatusOr<std::string> ReadWholeFile(const std::string& path) {
  std::string out;
  RETURN_IF_ERROR(ReadInParts(path, [&](std::string_view bytes) {
    out += bytes;
    return OkStatus();
  }));
  return out;
}

Status WriteNewFile(const std::string& path, std::string_view content) {
  const Descriptor file(path, O_WRONLY | O_CREAT | O_EXCL);
  if (!file.ok()) return FileError("create", path);
  RETURN_IF_ERROR(WriteAll(file, path, content));
  return Sync(file, path);
}

Status CopyToNewFile(const std::string& from, const std::string& to) {
  const Descriptor file(to, O_WRONLY | O_CREAT | O_EXCL);
  if (!file.ok()) return FileError("create", to);
  RETURN_IF_ERROR(
      ReadInParts(from, [&](std::string_view bytes) { return WriteAll(file, to, bytes); }));
  return Sync(file, to);
}

Status SyncFolder(const std::string& path) {
  const Descriptor folder(path, O_RDONLY | O_DIRECTORY);
  if (!folder.ok()) return FileError("open", path);
  return Sync(folder, path);
}

}  // namespace tidemark

#include "tsdb/head/write_gate.h"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <cstring>

namespace tidemark::tsdb {
namespace {

constexpr int64_t kLookEveryNs = 1'000'000'000;
constexpr double kMiB = 1 << 20;

Status LookAtDisk(const std::string& path, double min_free) {
  struct statvfs fs;
  if (statvfs(path.c_str(), &fs) != 0) {
    return Unavailable(fmt::format("cannot tell how much of the disk under {} is free: {}", path,
                                   std::strerror(errno)));
  }
  if (fs.f_blocks == 0) return OkStatus();
  const double free_share = static_cast<double>(fs.f_bavail) / static_cast<double>(fs.f_blocks);
  if (free_share >= min_free) return OkStatus();
  return Unavailable(fmt::format(
      "only {:.1f}% ({:.0f} MiB) of the disk under {} is free and writes stop at {:.1f}% "
      "(storage.min_free_disk): free some space or shorten storage.retention.raw; writes resume "
      "by themselves",
      free_share * 100, static_cast<double>(fs.f_bavail) * static_cast<double>(fs.f_frsize) / kMiB,
      path, min_free * 100));
}

}  // namespace

Status WriteGate::CheckMemory() const {
  const int64_t used = head_.sample_bytes() + head_.series_bytes();
  if (used < static_cast<int64_t>(options_.memory_bytes)) return OkStatus();
  return Unavailable(fmt::format(
      "the newest samples and the index take {:.0f} MiB of a budget of {:.0f} MiB: send again "
      "later; if it stays, raise the memory setting or send fewer series",
      static_cast<double>(used) / kMiB, static_cast<double>(options_.memory_bytes) / kMiB));
}

Status WriteGate::CheckDisk() {
  const int64_t now = options_.clock->MonotonicNs();
  int64_t next = next_look_ns_.load(std::memory_order_relaxed);
  // One thread looks; the others go by what was seen last.
  if (now >= next && next_look_ns_.compare_exchange_strong(next, now + kLookEveryNs)) {
    Status seen = LookAtDisk(options_.path, options_.min_free_disk);
    MutexLock lock(mutex_);
    disk_ok_.store(seen.ok(), std::memory_order_relaxed);
    disk_ = std::move(seen);
  }
  if (disk_ok_.load(std::memory_order_relaxed)) return OkStatus();
  MutexLock lock(mutex_);
  return disk_;
}

Status WriteGate::Check() {
  RETURN_IF_ERROR(CheckDisk());
  RETURN_IF_ERROR(CheckMemory());
  return journal_.Recover();
}

}  // namespace tidemark::tsdb

#include "tsdb/verify/salvage.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tsdb/store/database_files.h"
#include "tsdb/store/log_file.h"
#include "tsdb/store/table_file.h"
#include "tsdb/verify/describe.h"

namespace tidemark::tsdb {

SalvageSource::SalvageSource(const std::string& folder) : folder_(folder) {
  StoreOptions options;
  options.path = folder;
  options.memory_bytes = 64 << 20;
  auto store = Store::OpenReadOnly(options, metrics_);
  if (store.ok() && CanScan(**store)) store_ = *std::move(store);
}

bool SalvageSource::CanScan(const Store& store) const {
  for (size_t i = 0; i < kFamilies; ++i) {
    const auto it = store.NewIterator(static_cast<Family>(i));
    it->Seek("");
    while (it->Valid()) it->Next();
    if (!it->status().ok()) return false;
  }
  return true;
}

// Logs are read once for each family.
void SalvageSource::Lost(std::string what) {
  if (std::find(losses_.begin(), losses_.end(), what) == losses_.end()) {
    losses_.push_back(std::move(what));
  }
}

void SalvageSource::ForEach(Family family,
                            const std::function<void(std::string_view, std::string_view)>& use) {
  if (store_ == nullptr) {
    ReadTables(family, use);
    ReadLogs(family, use);
    return;
  }
  const auto it = store_->NewIterator(family);
  for (it->Seek(""); it->Valid(); it->Next()) use(it->key(), it->value());
}

void SalvageSource::ReadTables(Family family,
                               const std::function<void(std::string_view, std::string_view)>& use) {
  for (const std::string& path : TablePaths(folder_)) {
    const auto table = TableFile::Open(path);
    if (!table.ok()) {
      Lost(fmt::format("{}: {}", path, MessageOf(table.status())));
      continue;
    }
    if ((*table)->family() != family) continue;
    // Of samples the blocks themselves say what was deleted, of the journal a mark.
    if (family == Family::kMeta && (*table)->deletions() > 0) {
      Lost(fmt::format("{}: {} deletions of exemplars: those in other tables may be back", path,
                       (*table)->deletions()));
    }
    (*table)->ForEach(use, [&](const KeyGap& gap) {
      Lost(fmt::format("{}: {} to {}: {}", path,
                       gap.after.empty() ? "the first key" : "after " + DescribeBytes(gap.after),
                       gap.before ? "before " + DescribeBytes(*gap.before) : "the last key",
                       gap.what));
    });
  }
}

void SalvageSource::ReadLogs(Family family,
                             const std::function<void(std::string_view, std::string_view)>& use) {
  for (const std::string& path : LogPaths(folder_)) {
    const Status status = ReadLogFile(
        path,
        [&](Family of, std::string_view key, std::string_view value) {
          if (of == family) use(key, value);
        },
        [&](const std::string& what) { Lost(what); });
    if (!status.ok()) Lost(std::string(MessageOf(status)));
  }
}

}  // namespace tidemark::tsdb

// FakeStorage: a storage that holds nothing, and counts what is asked of it.
#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "promql/script/memory_storage.h"
#include "server/null_storage_for_test.h"

namespace tidemark::server {

struct FakeStorageState {
  std::atomic<int> flushed{0};
  std::atomic<int> closed{0};
  std::atomic<int> cleaned{0};
  std::vector<std::string> deleted;  // "tenant matchers mint maxt"
  Status flush_result;
  std::atomic<int> snapshots{0};
  Status snapshot_result;
};

class FakeStorage : public NullStorage {
 public:
  explicit FakeStorage(FakeStorageState& state) : state_(state) {}

  StatusOr<std::unique_ptr<tsdb::Querier>> NewQuerier(std::string_view tenant, int64_t mint,
                                                      int64_t maxt) const override {
    return nothing_.NewQuerier(tenant, mint, maxt);
  }
  StatusOr<tsdb::DeleteReport> Delete(std::string_view tenant,
                                      std::span<const tsdb::Matcher> matchers, int64_t mint,
                                      int64_t maxt) override {
    std::string what(tenant);
    for (const tsdb::Matcher& matcher : matchers) what += " " + matcher.ToString();
    state_.deleted.push_back(what + " " + std::to_string(mint) + " " + std::to_string(maxt));
    return tsdb::DeleteReport{1};
  }
  Status CleanTombstones() override {
    ++state_.cleaned;
    return OkStatus();
  }
  Status Flush() override {
    ++state_.flushed;
    return state_.flush_result;
  }
  StatusOr<std::string> Snapshot() override {
    ++state_.snapshots;
    RETURN_IF_ERROR(state_.snapshot_result);
    return std::string("20260131T120000Z-00000000000000ff");
  }
  Status Close() override {
    ++state_.closed;
    return OkStatus();
  }

 private:
  FakeStorageState& state_;
  const promql::MemoryStorage nothing_;
};

}  // namespace tidemark::server

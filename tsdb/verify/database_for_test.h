// DatabaseForTest: a data folder with blocks of several days, a journal,
// exemplars and metadata, to damage and look at.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tsdb/base/files.h"
#include "tsdb/storage.h"
#include "tsdb/storage_model.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

class DatabaseForTest : public testing::Test {
 protected:
  static constexpr int64_t kNow = 1'767'225'600'000;  // 2026-01-01
  static constexpr int kSeries = 40;
  static constexpr int64_t kCommits = 120;
  static constexpr int64_t kStepMs = 20 * 60'000;

  void SetUp() override {
    std::string pattern = testing::TempDir() + "database_test_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    path_ = folder_ + "/data";
    const auto storage = Open(folder_ + "/live");
    for (int64_t n = 0; n < kCommits; ++n) {
      Commit(*storage, n);
      const bool flush = n == kCommits / 3 || n == 2 * kCommits / 3;
      ASSERT_TRUE(!flush || storage->Flush().ok());
    }
    // As kill -9 leaves it: closing would flush the log.
    std::filesystem::copy(folder_ + "/live", path_, std::filesystem::copy_options::recursive);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<Storage> Open(const std::string& path) {
    StorageOptions options;
    options.path = path;
    options.raw_retention_ms = 0;
    options.min_free_disk = 0;
    options.memory_bytes = 64 << 20;
    options.fsync = FsyncMode::kInterval;
    auto opened = Storage::Open(options, metrics_);
    EXPECT_TRUE(opened.ok()) << opened.status();
    return opened.ok() ? *std::move(opened) : nullptr;
  }

  static Labels SeriesLabels(int i) {
    return Labels::Must(
        {{kMetricName, i % 2 == 0 ? "requests_total" : "errors_total"}, {"i", std::to_string(i)}});
  }

  void Commit(Storage& storage, int64_t n) {
    const auto app = storage.NewAppender("default");
    const int64_t t = kNow + n * kStepMs;
    for (int i = 0; i < kSeries; ++i) {
      const auto series = app->GetSeries(SeriesLabels(i));
      ASSERT_TRUE(series.ok());
      // Numbers that do not compress, so that tables have many blocks.
      const double value = static_cast<double>((n * 7919 + i * 104'729) % 1'000'003) / 7;
      ASSERT_TRUE(app->Append(*series, {t, value}).ok());
      model_.Add(SeriesLabels(i), t, value);
      if (n % 40 == 0) {
        ASSERT_TRUE(app->AppendExemplar(*series, {Labels::Must({{"trace", "a"}}), 1.5, t}).ok());
      }
    }
    ASSERT_TRUE(app->SetMetadata("requests_total", {MetricType::kCounter, "help", "s"}).ok());
    ASSERT_TRUE(app->Commit().ok());
  }

  std::unique_ptr<Store> OpenStore() {
    StoreOptions options;
    options.path = path_ + "/db";
    options.memory_bytes = 64 << 20;
    auto store = Store::Open(options, metrics_);
    EXPECT_TRUE(store.ok()) << store.status();
    return store.ok() ? *std::move(store) : nullptr;
  }

  // Files of RocksDB whose names begin or end like this.
  std::vector<std::string> FilesLike(std::string_view text) const {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(path_ + "/db")) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with(text) || name.ends_with(text)) out.push_back(entry.path().string());
    }
    return out;
  }

  std::string LargestLike(std::string_view text) const {
    const std::vector<std::string> files = FilesLike(text);
    EXPECT_FALSE(files.empty()) << text;
    return *std::max_element(files.begin(), files.end(), [](const auto& a, const auto& b) {
      return std::filesystem::file_size(a) < std::filesystem::file_size(b);
    });
  }

  static void Overwrite(const std::string& path, const std::string& bytes) {
    std::filesystem::remove(path);
    ASSERT_TRUE(WriteNewFile(path, bytes).ok());
  }
  static void FlipByte(const std::string& path, uint64_t at) {
    std::string bytes = *ReadWholeFile(path);
    ASSERT_LT(at, bytes.size());
    bytes[at] = static_cast<char>(bytes[at] ^ 0x40);
    Overwrite(path, bytes);
  }

  std::map<std::string, Timeline> ReadAllOf(const std::string& path) {
    const auto storage = Open(path);
    if (storage == nullptr) return {};
    const auto got = ReadAll(*storage, "default", std::numeric_limits<int64_t>::min(),
                             std::numeric_limits<int64_t>::max());
    EXPECT_TRUE(got.ok()) << got.status();
    return got.ok() ? *got : std::map<std::string, Timeline>();
  }

  Metrics metrics_;
  std::string folder_;
  std::string path_;
  StorageModel model_;
};

}  // namespace tidemark::tsdb

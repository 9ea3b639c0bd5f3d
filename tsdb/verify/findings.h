// Findings: what a verification found, and how much it looked at.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace tidemark::tsdb {

struct Finding {
  // A note is worth knowing and costs nothing: what a crash leaves behind.
  enum class Weight { kNote, kError };

  Weight weight = Weight::kError;
  // "files", or the family: "catalog", "journal", "raw", "meta".
  std::string where;
  // The file or the key, readable: "tenant 0, series 4294967338".
  std::string what;
  std::string problem;
};

struct VerifyCounts {
  uint64_t tables = 0;
  uint64_t logs = 0;
  uint64_t bytes = 0;  // of all files
  uint64_t tenants = 0;
  uint64_t series = 0;
  uint64_t journal_records = 0;  // that are not trimmed
  uint64_t journal_samples = 0;
  uint64_t blocks = 0;
  uint64_t runs = 0;
  uint64_t block_samples = 0;
  uint64_t tier_windows = 0;
  uint64_t exemplars = 0;
  uint64_t metadata = 0;
};

// Keeps the first kMaxListed of each place, and counts all.
//
// Threads: one.
class Findings {
 public:
  static constexpr uint64_t kMaxListed = 100;

  void Error(const std::string& where, std::string what, std::string problem) {
    ++errors_;
    Add({Finding::Weight::kError, where, std::move(what), std::move(problem)});
  }
  void Note(const std::string& where, std::string what, std::string problem) {
    Add({Finding::Weight::kNote, where, std::move(what), std::move(problem)});
  }

  const std::vector<Finding>& list() const { return list_; }
  uint64_t errors() const { return errors_; }
  // Those that are not in the list.
  uint64_t left_out() const { return left_out_; }

 private:
  void Add(Finding finding) {
    if (++seen_[finding.where] > kMaxListed) {
      ++left_out_;
      return;
    }
    list_.push_back(std::move(finding));
  }

  std::vector<Finding> list_;
  std::map<std::string, uint64_t> seen_;
  uint64_t errors_ = 0;
  uint64_t left_out_ = 0;
};

}  // namespace tidemark::tsdb

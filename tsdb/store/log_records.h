// LogRecords: what a RocksDB log file holds, as far as it can be read: the write
// ahead log, and the manifest, which has the same framing.
//
//   LogRecords log(bytes);
//   while (log.Next()) Use(log.record());
//   for (const LogDamage& damage : log.damage()) ...
//
// RocksDB's own reader stops, or refuses, at the first byte that is wrong.  This
// one says where that is, and goes on where something readable begins.
// Format: RocksDB's wiki, "Write Ahead Log File Format"; logs that are reused or
// compressed are not read, Tidemark writes none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tidemark::tsdb {

// Bytes [begin, end) of the file that are no record.
struct LogDamage {
  uint64_t begin = 0;
  uint64_t end = 0;
  std::string what;
  // Nothing that can be read follows: a record that was being written when the
  // power went looks like this.
  bool at_end = false;
};

// Threads: one.  Ownership: views the bytes, which must outlive it.
class LogRecords {
 public:
  explicit LogRecords(std::string_view file) : file_(file) {}

  // Moves to the next whole record; false at the end.
  bool Next();
  const std::string& record() const { return record_; }
  // Where it begins in the file.
  uint64_t offset() const { return offset_; }
  // After Next has returned false: what was passed over, in order.
  const std::vector<LogDamage>& damage() const { return damage_; }

 private:
  // One piece of a record: at most what is left of a block.
  struct Fragment {
    uint64_t begin = 0;
    uint8_t type = 0;
    std::string_view payload;
  };

  // What stands at `at`: "" for a fragment, else what is wrong.
  std::string Parse(uint64_t at, Fragment& fragment) const;
  bool NextFragment(Fragment& fragment);
  bool SkipPadding();
  // The next place in the block where a fragment begins, or the block's end.
  uint64_t Resync(uint64_t at) const;
  void Damaged(uint64_t begin, uint64_t end, const std::string& what);
  void DropUnfinished(uint64_t end);
  bool Add(const Fragment& fragment);

  const std::string_view file_;
  uint64_t at_ = 0;
  uint64_t good_until_ = 0;  // the end of the last whole record
  std::string record_;
  uint64_t offset_ = 0;
  std::string unfinished_;
  bool has_unfinished_ = false;
  uint64_t unfinished_at_ = 0;
  std::vector<LogDamage> damage_;
};

}  // namespace tidemark::tsdb

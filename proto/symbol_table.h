// SymbolTable: the strings of a remote-write 2.0 request, and what references
// to them stand for.
//
// A reference of one byte may stand for a megabyte, so what is written out is
// bounded: past `max_bytes` in one request the functions that do so return false.
//
// Threads: one.  Ownership: the symbols lie in the body, which must outlive this.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proto/byte_arena.h"
#include "proto/views.h"

namespace tidemark::proto {

class SymbolTable {
 public:
  static constexpr size_t kMaxSymbols = 1 << 20;

  explicit SymbolTable(size_t max_bytes) : max_bytes_(max_bytes) {}

  // False past kMaxSymbols.
  bool Add(std::string_view symbol);
  size_t size() const { return symbols_.size(); }
  bool Has(uint32_t ref) const { return ref < symbols_.size(); }
  std::string_view operator[](uint32_t ref) const { return symbols_[ref]; }

  // What is wrong with `refs` as names and values of labels, or "":
  //   "5 label references: names and values do not pair"
  //   "label reference 99 is past the 12 symbols"
  std::string CheckLabels(std::span<const uint32_t> refs) const;

  // The labels as a remote-write 1.0 request has them (SeriesView::raw_labels),
  // so that a series is known by the same bytes whichever version sends it.  They
  // live as long as this.  `refs` must have passed CheckLabels.
  bool WriteLabels(std::span<const uint32_t> refs, std::string_view& raw);

  // Views of them.  `refs` must have passed CheckLabels.
  bool ReadLabels(std::span<const uint32_t> refs, std::vector<LabelView>& labels);

  // Counts bytes that the caller writes out.
  bool Count(size_t bytes) {
    written_bytes_ += bytes;
    return written_bytes_ <= max_bytes_;
  }

 private:
  const size_t max_bytes_;
  size_t written_bytes_ = 0;
  std::vector<std::string_view> symbols_;
  ByteArena arena_;
};

}  // namespace tidemark::proto

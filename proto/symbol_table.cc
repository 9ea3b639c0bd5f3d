#include "proto/symbol_table.h"

#include "absl/strings/str_cat.h"
#include "proto/raw_labels.h"

namespace tidemark::proto {
bool SymbolTable::Add(std::string_view symbol) {
  if (symbols_.size() == kMaxSymbols) return false;
  symbols_.push_back(symbol);
  return true;
}

std::string SymbolTable::CheckLabels(std::span<const uint32_t> refs) const {
  if (refs.size() % 2 != 0) {
    return absl::StrCat(refs.size(), " label references: names and values do not pair");
  }
  for (const uint32_t ref : refs) {
    if (!Has(ref))
      return absl::StrCat("label reference ", ref, " is past the ", size(), " symbols");
  }
  return {};
}

bool SymbolTable::WriteLabels(std::span<const uint32_t> refs, std::string_view& raw) {
  size_t most = 0;
  for (const uint32_t ref : refs) most += symbols_[ref].size();
  if (most > max_bytes_) return Count(most);
  char* const start = arena_.Reserve(most + refs.size() / 2 * kMaxLabelFraming);
  char* at = start;
  for (size_t i = 0; i < refs.size(); i += 2) {
    at = PutRawLabel(at, symbols_[refs[i]], symbols_[refs[i + 1]]);
  }
  raw = {start, static_cast<size_t>(at - start)};
  arena_.Take(raw.size());
  return Count(raw.size());
}

bool SymbolTable::ReadLabels(std::span<const uint32_t> refs, std::vector<LabelView>& labels) {
  for (size_t i = 0; i < refs.size(); i += 2) {
    labels.push_back({symbols_[refs[i]], symbols_[refs[i + 1]]});
    if (!Count(labels.back().name.size() + labels.back().value.size())) return false;
  }
  return true;
}

}  // namespace tidemark::proto

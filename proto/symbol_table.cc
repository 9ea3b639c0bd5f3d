#include "proto/symbol_table.h"

#include <cstring>

#include "absl/strings/str_cat.h"
#include "proto/wire.h"

namespace tidemark::proto {
namespace {

constexpr char kName = Tag(1, WireType::kBytes);   // in a label
constexpr char kValue = Tag(2, WireType::kBytes);  // in a label
constexpr char kLabel = Tag(1, WireType::kBytes);  // in a series

// Three tags and three lengths.
constexpr size_t kMaxFraming = 3 + 3 * 5;

size_t VarintSize(size_t v) {
  size_t bytes = 1;
  for (; v >= 0x80; v >>= 7) ++bytes;
  return bytes;
}

char* PutVarint(char* out, size_t v) {
  for (; v >= 0x80; v >>= 7) *out++ = static_cast<char>(v | 0x80);
  *out++ = static_cast<char>(v);
  return out;
}

char* PutField(char* out, char tag, std::string_view bytes) {
  *out++ = tag;
  out = PutVarint(out, bytes.size());
  std::memcpy(out, bytes.data(), bytes.size());
  return out + bytes.size();
}

size_t FieldSize(std::string_view bytes) { return 1 + VarintSize(bytes.size()) + bytes.size(); }

}  // namespace

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
  char* const start = arena_.Reserve(most + refs.size() / 2 * kMaxFraming);
  char* at = start;
  for (size_t i = 0; i < refs.size(); i += 2) {
    const std::string_view name = symbols_[refs[i]];
    const std::string_view value = symbols_[refs[i + 1]];
    *at++ = kLabel;
    at = PutVarint(at, FieldSize(name) + FieldSize(value));
    at = PutField(at, kName, name);
    at = PutField(at, kValue, value);
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

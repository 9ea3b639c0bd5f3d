#include "promql/functions/natural_order.h"

#include <charconv>
#include <cstdint>
#include <optional>

namespace tidemark::promql {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes the digits, or the other characters, that `text` starts with.
std::string_view TakeChunk(std::string_view& text) {
  size_t n = 1;
  while (n < text.size() && IsDigit(text[n]) == IsDigit(text[0])) ++n;
  const std::string_view chunk = text.substr(0, n);
  text.remove_prefix(n);
  return chunk;
}

// None where it does not fit 64 bits, either.
std::optional<int64_t> NumberIn(std::string_view chunk) {
  int64_t number = 0;
  const auto result = std::from_chars(chunk.data(), chunk.data() + chunk.size(), number);
  const bool all = result.ec == std::errc() && result.ptr == chunk.data() + chunk.size();
  return all && IsDigit(chunk[0]) ? std::optional(number) : std::nullopt;
}

}  // namespace

bool NaturalLess(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    const std::string_view chunk_a = TakeChunk(a);
    const std::string_view chunk_b = TakeChunk(b);
    const std::optional<int64_t> number_a = NumberIn(chunk_a);
    const std::optional<int64_t> number_b = NumberIn(chunk_b);
    if (number_a && number_b) {
      if (*number_a != *number_b) return *number_a < *number_b;
    } else if (chunk_a != chunk_b) {
      return chunk_a < chunk_b;
    }
  }
  return a.empty();
}

}  // namespace tidemark::promql

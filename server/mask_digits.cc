#include "server/mask_digits.h"

#include <cstddef>

namespace tidemark::server {
namespace {

// The shortest run of digits that is masked: card numbers have 13 to 19.
constexpr size_t kMaskedDigits = 12;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Bytes of the run of digits that `text` starts with, single spaces and dashes
// between them included.
size_t DigitRun(std::string_view text, size_t* digits) {
  size_t end = 0;
  *digits = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (IsDigit(text[i])) {
      ++*digits;
      end = i + 1;
    } else if ((text[i] != ' ' && text[i] != '-') || end != i || i == 0) {
      break;
    }
  }
  return end;
}

}  // namespace

std::string MaskDigits(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    size_t digits = 0;
    const size_t run = DigitRun(text, &digits);
    const size_t taken = run == 0 ? 1 : run;
    if (digits >= kMaskedDigits) {
      out += "***";
    } else {
      out += text.substr(0, taken);
    }
    text.remove_prefix(taken);
  }
  return out;
}

}  // namespace tidemark::server

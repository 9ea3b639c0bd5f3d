#include "server/admission/card_number.h"

#include <cstddef>

namespace tidemark::server {
namespace {

constexpr size_t kMinDigits = 13;
constexpr size_t kMaxDigits = 19;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Digits of one run, from its first on.
class Run {
 public:
  void Add(char c) {
    if (count_ < kMaxDigits) digits_[count_] = c - '0';
    ++count_;
  }
  size_t count() const { return count_; }

  bool IsCardNumber() const {
    if (count_ < kMinDigits || count_ > kMaxDigits) return false;
    int sum = 0;
    for (size_t i = 0; i < count_; ++i) {
      const int digit = digits_[count_ - 1 - i];
      const int weighed = i % 2 == 0 ? digit : 2 * digit;
      sum += weighed > 9 ? weighed - 9 : weighed;
    }
    return sum % 10 == 0;
  }

 private:
  int digits_[kMaxDigits] = {};
  size_t count_ = 0;
};

}  // namespace

bool HasCardNumber(std::string_view text) {
  Run run;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool joins = run.count() > 0 && (text[i] == ' ' || text[i] == '-') &&
                       IsDigit(text[i - 1]) && i + 1 < text.size() && IsDigit(text[i + 1]);
    if (IsDigit(text[i])) {
      run.Add(text[i]);
    } else if (!joins) {
      if (run.IsCardNumber()) return true;
      run = Run();
    }
  }
  return run.IsCardNumber();
}

}  // namespace tidemark::server

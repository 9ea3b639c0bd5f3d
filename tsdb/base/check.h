// CHECK: stops the process when one of our own invariants does not hold.
//
//   CHECK(refs > 0, "Unref of a series that nobody holds");
//
// Never on input, on the network or on what a disk returns: those are Statuses.
// Always on, in release builds too: an answer from broken state is worse than none.
#pragma once

namespace tidemark {

// Prints "BUG: file:line: what (condition)" to stderr and aborts.
[[noreturn]] void CheckFailed(const char* file, int line, const char* condition, const char* what);

}  // namespace tidemark

#define CHECK(condition, what) \
  ((condition) ? (void)0 : ::tidemark::CheckFailed(__FILE__, __LINE__, #condition, what))

#include "tsdb/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace tidemark {

void CheckFailed(const char* file, int line, const char* condition, const char* what) {
  std::fprintf(stderr, "BUG: %s:%d: %s (%s)\n", file, line, what, condition);
  std::abort();
}

}  // namespace tidemark

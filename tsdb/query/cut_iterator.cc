#include "tsdb/query/cut_iterator.h"

#include <algorithm>
#include <limits>

namespace tidemark::tsdb {
namespace {

// Where the first sample at or after `t` is.
size_t IndexOf(const SampleRun& run, int64_t t) {
  return static_cast<size_t>(std::lower_bound(run.t.begin(), run.t.end(), t) - run.t.begin());
}

}  // namespace

bool CutIterator::Next() { return Emit(); }

bool CutIterator::Seek(int64_t t) {
  if (!run_.t.empty() && run_.t.back() >= t) {  // within what was handed out last
    const size_t from = IndexOf(run_, t);
    run_ = run_.Part(from, run_.size() - from);
    return true;
  }
  return SkipTo(t) && Emit();
}

bool CutIterator::Load() {
  if (!rest_.t.empty()) return true;
  if (!source_->Next()) return false;
  rest_ = source_->run();
  return true;
}

bool CutIterator::SkipTo(int64_t t) {
  if (!rest_.t.empty() && rest_.t.back() >= t) {
    const size_t from = IndexOf(rest_, t);
    rest_ = rest_.Part(from, rest_.size() - from);
    return true;
  }
  rest_ = {};
  run_ = {};
  if (!source_->Seek(t)) return false;
  rest_ = source_->run();
  return true;
}

bool CutIterator::Emit() {
  run_ = {};
  while (Load()) {
    const TimeInterval* cut = cuts_.FirstFrom(rest_.t.front());
    if (cut == nullptr || cut->mint > rest_.t.front()) {
      const size_t n = cut == nullptr ? rest_.size() : IndexOf(rest_, cut->mint);
      run_ = rest_.Part(0, n);
      rest_ = rest_.Part(n, rest_.size() - n);
      return true;
    }
    if (cut->maxt == std::numeric_limits<int64_t>::max() || !SkipTo(cut->maxt + 1)) return false;
  }
  return false;
}

}  // namespace tidemark::tsdb

#include "tsdb/query/merge_iterator.h"

#include <algorithm>
#include <utility>

namespace tidemark::tsdb {
namespace {

size_t IndexOf(const SampleRun& run, int64_t t) {
  return static_cast<size_t>(std::lower_bound(run.t.begin(), run.t.end(), t) - run.t.begin());
}

}  // namespace

void MergeIterator::Source::Load() {
  if (done || !rest.t.empty()) return;
  done = !it->Next();
  rest = done ? SampleRun() : it->run();
}

void MergeIterator::Source::Seek(int64_t t) {
  if (done) return;
  if (!rest.t.empty() && rest.t.back() >= t) {
    TakeBefore(t);
    return;
  }
  done = !it->Seek(t);
  rest = done ? SampleRun() : it->run();
}

SampleRun MergeIterator::Source::TakeBefore(int64_t t) {
  const size_t n = IndexOf(rest, t);
  const SampleRun out = rest.Part(0, n);
  rest = rest.Part(n, rest.size() - n);
  return out;
}

void MergeIterator::Source::DropOne() { rest = rest.Part(1, rest.size() - 1); }

SampleRun MergeIterator::Source::TakeAll() { return std::exchange(rest, SampleRun()); }

Status MergeIterator::status() const {
  Status status = first_.it->status();
  return status.ok() && second_.it != nullptr ? second_.it->status() : status;
}

bool MergeIterator::Next() {
  if (!started_) return Seek(mint_);
  return Emit();
}

bool MergeIterator::Seek(int64_t t) {
  started_ = true;
  if (done_) return false;
  t = std::max(t, mint_);
  if (!run_.t.empty() && run_.t.back() >= t) {  // within what was handed out last
    const size_t from = IndexOf(run_, t);
    run_ = run_.Part(from, run_.size() - from);
    return true;
  }
  first_.Seek(t);
  second_.Seek(t);
  return Emit();
}

void MergeIterator::LoadBoth() {
  first_.Load();
  second_.Load();
  while (!first_.rest.t.empty() && !second_.rest.t.empty() &&
         first_.rest.t.front() == second_.rest.t.front()) {
    second_.DropOne();
    second_.Load();
  }
}

bool MergeIterator::Emit() {
  if (done_) return false;
  LoadBoth();
  // A source that failed has no more samples; the other's would have gaps.
  if ((first_.done && second_.done) || !status().ok()) return Clip({});
  if (second_.done) return Clip(first_.TakeAll());
  if (first_.done) return Clip(second_.TakeAll());
  if (first_.rest.t.front() < second_.rest.t.front()) {
    return Clip(first_.TakeBefore(second_.rest.t.front()));
  }
  return Clip(second_.TakeBefore(first_.rest.t.front()));
}

bool MergeIterator::Clip(SampleRun run) {
  if (!run.t.empty() && run.t.back() > maxt_) {
    const auto end = std::upper_bound(run.t.begin(), run.t.end(), maxt_);
    run = run.Part(0, static_cast<size_t>(end - run.t.begin()));
  }
  run_ = run;
  done_ = run.t.empty();
  return !done_;
}

}  // namespace tidemark::tsdb

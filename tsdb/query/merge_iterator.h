// MergeIterator: two iterators over the same series as one.
#pragma once

#include <cstdint>
#include <memory>

#include "tsdb/model/sample_iterator.h"

namespace tidemark::tsdb {

// Where both have a sample at one time, the first one's counts.  Samples outside
// [mint, maxt] are left out.  Copies nothing: runs are parts of the sources' runs.
//
// Threads: one.
class MergeIterator : public SampleIterator {
 public:
  MergeIterator(std::unique_ptr<SampleIterator> first, std::unique_ptr<SampleIterator> second,
                int64_t mint, int64_t maxt)
      : first_{std::move(first), {}, false},
        second_{std::move(second), {}, second_.it == nullptr},
        mint_(mint),
        maxt_(maxt) {}

  bool Next() override;
  bool Seek(int64_t t) override;
  const SampleRun& run() const override { return run_; }
  Status status() const override;

 private:
  struct Source {
    std::unique_ptr<SampleIterator> it;
    SampleRun rest;  // of its run: what was not handed out
    bool done;

    void Load();
    void Seek(int64_t t);
    // The samples of `rest` before `t` leave it.
    SampleRun TakeBefore(int64_t t);
    SampleRun TakeAll();
    void DropOne();
  };

  // Makes both have samples that are not handed out, where they have any, and
  // the second one none at the time of the first one's.
  void LoadBoth();
  bool Emit();
  bool Clip(SampleRun run);

  Source first_;
  Source second_;
  const int64_t mint_;
  const int64_t maxt_;
  bool started_ = false;
  bool done_ = false;
  SampleRun run_;
};

}  // namespace tidemark::tsdb

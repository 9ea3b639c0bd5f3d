// PointsIterator: floats handed out in runs of a chosen length, and a failure
// after a chosen number of runs, for the tests of what reads iterators.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "tsdb/model/sample_iterator.h"

namespace tidemark::tsdb {

class PointsIterator : public SampleIterator {
 public:
  // Runs of `per_run` points; kDataLoss after `runs_left` of them.
  PointsIterator(const std::map<int64_t, double>& points, size_t per_run,
                 size_t runs_left = SIZE_MAX)
      : per_run_(per_run), runs_left_(runs_left) {
    for (const auto& [t, v] : points) {
      t_.push_back(t);
      v_.push_back(v);
    }
  }

  bool Next() override {
    if (at_ == t_.size()) return false;
    if (runs_left_ == 0) {
      status_ = DataLoss("damaged");
      return false;
    }
    --runs_left_;
    const size_t n = std::min(per_run_, t_.size() - at_);
    run_.t = std::span(t_).subspan(at_, n);
    run_.v = std::span(v_).subspan(at_, n);
    at_ += n;
    return true;
  }
  bool Seek(int64_t t) override {
    while (at_ < t_.size() && t_[at_] < t) ++at_;
    return Next();
  }
  const SampleRun& run() const override { return run_; }
  Status status() const override { return status_; }

 private:
  std::vector<int64_t> t_;
  std::vector<double> v_;
  const size_t per_run_;
  size_t runs_left_;
  size_t at_ = 0;
  SampleRun run_;
  Status status_;
};

}  // namespace tidemark::tsdb

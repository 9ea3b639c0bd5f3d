// ViewPool: a vector whose elements outlive Clear(), for the memory they hold.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace tidemark::proto {

// T has a Clear() of its own.  Threads: one.
template <typename T>
class ViewPool {
 public:
  T& Add() {
    if (used_ == items_.size()) items_.emplace_back();
    T& item = items_[used_++];
    item.Clear();
    return item;
  }
  void Clear() { used_ = 0; }
  size_t size() const { return used_; }
  std::span<const T> view() const { return {items_.data(), used_}; }
  std::span<T> view() { return {items_.data(), used_}; }

 private:
  std::vector<T> items_;
  size_t used_ = 0;
};

}  // namespace tidemark::proto

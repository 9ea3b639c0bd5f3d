#include "tsdb/index/postings.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <vector>

namespace tidemark::tsdb {
namespace {

Roaring ToRoaring(const std::set<DenseRef>& refs) {
  const std::vector<DenseRef> list(refs.begin(), refs.end());
  return Roaring(list.size(), list.data());
}

// Over the borders between one, few and many, up and down again.
TEST(PostingsTest, EqualsASet) {
  std::mt19937_64 random(3);
  const Roaring other = [] {
    Roaring out;
    out.addRange(100, 300);
    return out;
  }();
  Postings postings;
  std::set<DenseRef> model;
  for (int step = 0; step < 4000; ++step) {
    const auto ref = static_cast<DenseRef>(random() % 400);
    // In turns more is added and more removed.
    if (random() % 8 < (step / 500 % 2 == 0 ? 6u : 2u)) {
      postings.Add(ref);
      model.insert(ref);
    } else {
      postings.Remove(ref);
      model.erase(ref);
    }
    ASSERT_EQ(postings.size(), model.size());
    ASSERT_EQ(postings.empty(), model.empty());
    const Roaring want = ToRoaring(model);
    ASSERT_EQ(postings.ToRoaring(), want);
    if (step % 10 != 0) continue;
    Roaring set = other;
    postings.IntersectInto(set);
    ASSERT_EQ(set, other & want);
    set = other;
    postings.RemoveFrom(set);
    ASSERT_EQ(set, other - want);
    ASSERT_EQ(postings.Intersects(other), !(other & want).isEmpty());
  }
}

}  // namespace
}  // namespace tidemark::tsdb

#include "tsdb/base/parallel.h"

#include <algorithm>
#include <thread>
#include <vector>

namespace tidemark {

size_t UsefulThreads(size_t most) {
  return std::clamp<size_t>(std::thread::hardware_concurrency(), 1, most);
}

void RunOnThreads(size_t parts, const std::function<void(size_t)>& work) {
  std::vector<std::thread> threads;
  for (size_t i = 1; i < parts; ++i) threads.emplace_back(work, i);
  if (parts > 0) work(0);
  for (std::thread& thread : threads) thread.join();
}

}  // namespace tidemark

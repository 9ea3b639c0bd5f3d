// RunOnThreads: a piece of work cut into parts that run side by side.
#pragma once

#include <cstddef>
#include <functional>

namespace tidemark {

// As many as the machine runs at once, at least 1 and at most `most`.
size_t UsefulThreads(size_t most);

// Calls work(0) … work(parts - 1), each on a thread of its own, the first on
// the caller's, and returns when all have.
void RunOnThreads(size_t parts, const std::function<void(size_t)>& work);

}  // namespace tidemark

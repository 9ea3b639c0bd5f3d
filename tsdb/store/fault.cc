#include "tsdb/store/fault.h"

#include <atomic>
#include <memory>
#include <utility>

#include "tsdb/base/mutex.h"

namespace tidemark::tsdb {
namespace {

std::atomic<bool> hooked{false};

struct Hook {
  Mutex mutex;
  std::shared_ptr<const FaultHook> hook ABSL_GUARDED_BY(mutex);
};

Hook& TheHook() {
  static Hook* hook = new Hook;  // never destroyed: background threads may outlive main
  return *hook;
}

}  // namespace

Status FaultPoint(std::string_view step) {
  if (!hooked.load(std::memory_order_relaxed)) return OkStatus();
  std::shared_ptr<const FaultHook> hook;
  {
    MutexLock lock(TheHook().mutex);
    hook = TheHook().hook;
  }
  return hook == nullptr ? OkStatus() : (*hook)(step);
}

void SetFaultHookForTest(FaultHook hook) {
  MutexLock lock(TheHook().mutex);
  hooked.store(static_cast<bool>(hook), std::memory_order_relaxed);
  TheHook().hook = hook ? std::make_shared<const FaultHook>(std::move(hook)) : nullptr;
}

}  // namespace tidemark::tsdb

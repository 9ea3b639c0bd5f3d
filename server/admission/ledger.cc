#include "server/admission/ledger.h"

#include <algorithm>
#include <utility>

#include "tsdb/base/log.h"

namespace tidemark::server {
namespace {

constexpr int64_t kLineEveryNs = 10'000'000'000;

}  // namespace

void Ledger::AddLocked(Key key, const Refusals::Part& part, int64_t now_ms) {
  if (entries_.size() >= kMaxEntries && !entries_.contains(key)) {
    key.metric.clear();
    key.label.clear();
    if (entries_.size() >= 2 * kMaxEntries && !entries_.contains(key)) key.sender.clear();
  }
  Value& value = entries_[std::move(key)];
  if (value.count == 0) value.first_ms = now_ms;
  value.last_ms = now_ms;
  value.count += part.count;
  value.example = part.example;
}

bool Ledger::Note(const Origin& origin, const Refusals& refusals) {
  if (refusals.parts().empty()) return false;
  const int64_t now_ms = clock_.NowMs();
  const int64_t now_ns = clock_.MonotonicNs();
  uint64_t told = 0;
  {
    MutexLock lock(mutex_);
    for (const auto& [key, part] : refusals.parts()) {
      AddLocked({std::string(origin.tenant), std::string(origin.sender), key.reason, key.observed,
                 key.metric, key.label},
                part, now_ms);
      untold_ += part.count;
    }
    if (now_ns < next_line_ns_) return false;
    next_line_ns_ = now_ns + kLineEveryNs;
    told = std::exchange(untold_, 0);
  }
  const auto& [key, part] = *refusals.parts().begin();
  Log(LogLevel::kWarn,
      key.observed ? "samples break rules of the schema that only observe"
                   : "samples were refused; GET /api/v1/admin/rejections tells all of them",
      {{"tenant", origin.tenant},
       {"sender", origin.sender},
       {"items", told},
       {"reason", RefusalLabel(key.reason)},
       {"example", part.example}});
  return true;
}

std::vector<Ledger::Entry> Ledger::Entries(std::string_view tenant) const {
  std::vector<Entry> out;
  {
    MutexLock lock(mutex_);
    for (const auto& [key, value] : entries_) {
      if (key.tenant != tenant) continue;
      out.push_back({key.tenant, key.sender, key.reason, key.observed, key.metric, key.label,
                     value.count, value.first_ms, value.last_ms, value.example});
    }
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const Entry& a, const Entry& b) { return a.count > b.count; });
  return out;
}

}  // namespace tidemark::server

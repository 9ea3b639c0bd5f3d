#include "server/ha/elections.h"

#include <algorithm>
#include <iterator>

namespace tidemark::server {

bool Elections::Knows(const PairKey& key) const {
  MutexLock lock(mutex_);
  return pairs_.contains(key) || pairs_.size() >= kMaxPairs;
}

Elections::Verdict Elections::Hear(const PairKey& key, const std::string& replica,
                                   const std::function<std::string()>& remembered) {
  const std::string before = Knows(key) ? std::string() : remembered();
  const int64_t now_ns = clock_.MonotonicNs();
  MutexLock lock(mutex_);
  if (pairs_.size() >= kMaxPairs && !pairs_.contains(key)) return {};
  const auto [it, fresh] = pairs_.try_emplace(key);
  Pair& pair = it->second;
  // Who was elected before a restart has the failover time to come back.
  if (fresh) pair.elected = before;
  if (fresh) pair.heard_ns = now_ns;
  Verdict verdict;
  const bool silent = now_ns - pair.heard_ns >= options_.failover_ms * 1'000'000;
  if (pair.elected != replica && !pair.elected.empty() && !silent) {
    verdict.take = false;
    return verdict;
  }
  if (pair.elected != replica) {
    verdict.elected_now = true;
    pair.elected = replica;
    pair.until = pair.newest;
  }
  pair.heard_ns = now_ns;
  verdict.until = pair.until;
  verdict.held = TakeHeld(pair, replica);
  return verdict;
}

std::vector<HeldRequest> Elections::TakeHeld(Pair& pair, const std::string& replica) {
  std::vector<HeldRequest> out;
  std::deque<HeldRequest> others;
  for (HeldRequest& one : pair.held) {
    if (one.replica != replica) {
      others.push_back(std::move(one));
      continue;
    }
    held_bytes_ -= one.body.size();
    out.push_back(std::move(one));
  }
  pair.held = std::move(others);
  return out;
}

void Elections::DropFront(Pair& pair) {
  held_bytes_ -= pair.held.front().body.size();
  pair.held.pop_front();
}

// Requests older than the failover time: the elected one has been heard since,
// and so has all they hold.  Twice that, as it may have been silent a while.
void Elections::DropOld(Pair& pair) {
  const int64_t oldest_ns = clock_.MonotonicNs() - 2 * options_.failover_ms * 1'000'000;
  while (!pair.held.empty() && pair.held.front().received_ns < oldest_ns) DropFront(pair);
}

void Elections::Hold(const PairKey& key, HeldRequest request) {
  MutexLock lock(mutex_);
  const auto found = pairs_.find(key);
  if (found == pairs_.end()) return;
  Pair& pair = found->second;
  held_bytes_ += request.body.size();
  pair.held.push_back(std::move(request));
  DropOld(pair);
  while (held_bytes_ > options_.held_bytes && !pair.held.empty()) DropFront(pair);
}

void Elections::GiveBack(const PairKey& key, std::vector<HeldRequest> requests) {
  MutexLock lock(mutex_);
  Pair& pair = pairs_[key];
  for (const HeldRequest& one : requests) held_bytes_ += one.body.size();
  pair.held.insert(pair.held.begin(), std::make_move_iterator(requests.begin()),
                   std::make_move_iterator(requests.end()));
}

void Elections::NoteTaken(const PairKey& key, int64_t newest) {
  MutexLock lock(mutex_);
  const auto found = pairs_.find(key);
  if (found != pairs_.end()) found->second.newest = std::max(found->second.newest, newest);
}

uint64_t Elections::held_bytes() const {
  MutexLock lock(mutex_);
  return held_bytes_;
}

}  // namespace tidemark::server

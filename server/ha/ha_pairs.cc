#include "server/ha/ha_pairs.h"

#include <snappy.h>

#include <limits>
#include <utility>

#include "proto/raw_labels.h"
#include "proto/snappy.h"
#include "server/ha/sender_labels.h"
#include "tsdb/base/log.h"

namespace tidemark::server {
namespace {

constexpr std::string_view kElectedMetric = "tidemark_ha_elected";
constexpr int64_t kRememberEveryMs = 15'000;
constexpr int64_t kRememberedForMs = 24 * 3'600'000LL;

constexpr int64_t kNever = std::numeric_limits<int64_t>::min();

// The time of the last sample within [mint, maxt]; or kNever.
int64_t NewestTime(tsdb::SampleIterator& it, int64_t mint, int64_t maxt) {
  int64_t newest = kNever;
  for (bool more = it.Seek(mint); more; more = it.Next()) {
    for (const int64_t t : it.run().t) {
      if (t <= maxt) newest = t;
    }
  }
  return newest;
}

}  // namespace

HaPairs::HaPairs(HaOptions options, std::shared_ptr<Intake> intake, Metrics& metrics)
    : options_(std::move(options)),
      intake_(std::move(intake)),
      elections_(options_, intake_->clock()) {
  not_taken_ = metrics.AddCounter("tidemark_ha_not_taken_requests_total",
                                  "Requests of replicas that are not elected.");
  elected_ = metrics.AddCounter("tidemark_ha_elections_total",
                                "Replicas elected, the first of each cluster included.");
  metrics.AddGauge("tidemark_ha_held_bytes",
                   "Requests of replicas that are not elected, held for a failover.",
                   [this] { return static_cast<double>(elections_.held_bytes()); });
}

std::optional<HaPairs::Result> HaPairs::Take(const Request& request) {
  const std::optional<SenderLabels> sender =
      ReadSender(request.body, request.is_v2, request.max_written_bytes, options_);
  if (!sender) return std::nullopt;
  const PairKey key = {request.tenant, sender->cluster};
  Elections::Verdict verdict =
      elections_.Hear(key, sender->replica, [&] { return Remembered(request, sender->cluster); });
  Result result;
  if (!verdict.take) {
    Hold(request, key, sender->replica);
    result.taken = false;
    result.outcome.stored = CountItems(request.body, request.is_v2, request.max_written_bytes);
    return result;
  }
  if (verdict.elected_now) {
    elected_->Add();
    Log(LogLevel::kInfo, "a replica is elected",
        {{"tenant", request.tenant}, {"cluster", sender->cluster}, {"replica", sender->replica}});
  }
  if (!StoreHeld(request, key, verdict)) {
    result.outcome.status = Unavailable("what was held of this replica cannot be stored now");
    return result;
  }
  int64_t newest = kNever;
  result.outcome = Store(request, verdict.until, &newest);
  if (!result.outcome.status.ok()) return result;
  elections_.NoteTaken(key, newest);
  Remember(request, key, sender->replica, verdict.elected_now);
  return result;
}

Intake::Outcome HaPairs::Store(const Request& request, int64_t until, int64_t* newest) {
  return intake_->Take(
      request.tenant, request.storage,
      [&](BodyWriter& writer) {
        writer.LeaveOut(options_.replica_label, until);
        const Status status = request.is_v2
                                  ? writer.WriteV2(request.body, request.max_written_bytes)
                                  : writer.Write(request.body);
        *newest = writer.newest();
        return status;
      },
      request.sender);
}

bool HaPairs::StoreHeld(const Request& request, const PairKey& key, Elections::Verdict& verdict) {
  for (size_t i = 0; i < verdict.held.size(); ++i) {
    const HeldRequest& one = verdict.held[i];
    std::string body;
    snappy::Uncompress(one.body.data(), one.body.size(), &body);
    int64_t newest = kNever;
    const Request held = {request.tenant, request.storage, one.is_v2, body,
                          request.max_written_bytes};
    const Intake::Outcome outcome = Store(held, verdict.until, &newest);
    if (outcome.status.ok()) {
      elections_.NoteTaken(key, newest);
    } else if (outcome.status.code() == StatusCode::kUnavailable) {
      verdict.held.erase(verdict.held.begin(), verdict.held.begin() + static_cast<ptrdiff_t>(i));
      elections_.GiveBack(key, std::move(verdict.held));
      return false;
    }
  }
  return true;
}

void HaPairs::Hold(const Request& request, const PairKey& key, const std::string& replica) {
  not_taken_->Add();
  HeldRequest held{replica, intake_->clock().MonotonicNs(), request.is_v2, {}};
  snappy::Compress(request.body.data(), request.body.size(), &held.body);
  elections_.Hold(key, std::move(held));
}

// Best effort: without it the next start elects who comes first.
void HaPairs::Remember(const Request& request, const PairKey& key, const std::string& replica,
                       bool elected_now) {
  const int64_t now = intake_->clock().NowMs();
  {
    MutexLock lock(mutex_);
    if (remembered_ms_.size() >= Elections::kMaxPairs && !remembered_ms_.contains(key)) return;
    int64_t& last = remembered_ms_.try_emplace(key, kNever).first->second;
    if (!elected_now && last != kNever && now - last < kRememberEveryMs) return;
    last = now;
  }
  std::vector<proto::LabelView> labels = {
      {"__name__", kElectedMetric}, {"cluster", key.second}, {"replica", replica}};
  proto::ByteArena arena;
  proto::SeriesView series;
  series.raw_labels = proto::WriteRawLabels(labels, arena);
  series.samples = {{now, 1, 0}};
  intake_->Take(request.tenant, request.storage, [&series](BodyWriter& writer) {
    writer.AddSeries(series);
    return writer.status();
  });
}

std::string HaPairs::Remembered(const Request& request, const std::string& cluster) const {
  const int64_t now = intake_->clock().NowMs();
  const auto querier = request.storage.NewQuerier(request.tenant, now - kRememberedForMs, now);
  if (!querier.ok()) return {};
  tsdb::SelectHints hints;
  hints.start = now - kRememberedForMs;
  hints.end = now;
  const tsdb::Matcher matchers[] = {tsdb::Matcher::Equal("__name__", kElectedMetric),
                                    tsdb::Matcher::Equal("cluster", cluster)};
  const auto set = (*querier)->Select(matchers, hints);
  if (!set.ok()) return {};
  std::string elected;
  int64_t newest = kNever;
  for (size_t i = 0; i < (*set)->size(); ++i) {
    const int64_t t = NewestTime(*(*set)->Samples(i), hints.start, now);
    if (t <= newest) continue;
    newest = t;
    elected = (*set)->labels(i).Get("replica");
  }
  return elected;
}

}  // namespace tidemark::server

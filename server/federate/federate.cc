#include "server/federate/federate.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "server/api/params.h"
#include "server/exposition/exposition.h"
#include "server/federate/federate_page.h"
#include "server/http_status.h"

namespace tidemark::server {
namespace {

HttpResponse Failed(const Status& status) {
  HttpResponse response;
  response.status = HttpStatusOf(status.code());
  response.content_type = "text/plain; charset=utf-8";
  response.body = fmt::format("{}\n", MessageOf(status));
  if (response.status == 503) response.headers.emplace_back("Retry-After", "5");
  return response;
}

bool IsStale(const NewestSample& sample) {
  return sample.is_float ? tsdb::IsStaleNaN(sample.v) : sample.h.IsStale();
}

// The last of `it` up to `maxt`; none, or stale: nothing.
StatusOr<std::optional<NewestSample>> Newest(tsdb::SampleIterator& it, int64_t mint, int64_t maxt) {
  std::optional<NewestSample> newest;
  for (bool more = it.Seek(mint); more && it.run().t.front() <= maxt; more = it.Next()) {
    const tsdb::SampleRun& run = it.run();
    size_t last = run.size() - 1;
    while (run.t[last] > maxt) --last;
    newest.emplace();
    newest->t = run.t[last];
    newest->is_float = run.is_float();
    if (run.is_float()) {
      newest->v = run.v[last];
    } else {
      newest->h = run.h[last];
    }
  }
  RETURN_IF_ERROR(it.status());
  if (newest && IsStale(*newest)) newest.reset();
  return newest;
}

class FederateHandler {
 public:
  FederateHandler(FederateOptions options, StorageSource storage)
      : options_(std::move(options)), storage_(std::move(storage)) {}

  StatusOr<HttpResponse> Handle(const HttpRequest& http) const {
    ASSIGN_OR_RETURN(const MatcherSets sets, ParseMatchers(http));
    tsdb::Storage* const storage = storage_();
    if (storage == nullptr) return Unavailable(kStarting);
    ASSIGN_OR_RETURN(const std::string tenant, options_.tenant(http));
    const Clock& clock = *options_.clock;
    const Cancellation cancellation(*http.hung_up, clock,
                                    clock.MonotonicNs() + options_.timeout_ms * 1'000'000);
    ASSIGN_OR_RETURN(std::vector<NewestSample> samples, Read(*storage, tenant, sets, cancellation));
    const Format format = Negotiate(http.Header("accept"));
    HttpResponse response;
    response.content_type = ContentType(format);
    Encode(FederatePage(std::move(samples), format.kind == Format::Kind::kProtobuf), format,
           &response.body);
    return response;
  }

 private:
  // Each series once, whatever number of selectors finds it.
  StatusOr<std::vector<NewestSample>> Read(const tsdb::Storage& storage, const std::string& tenant,
                                           const MatcherSets& sets,
                                           const Cancellation& cancellation) const {
    tsdb::SelectHints hints;
    hints.end = options_.clock->NowMs();
    hints.start = hints.end - options_.lookback_ms;
    hints.limit = options_.max_series + 1;
    hints.cancellation = &cancellation;
    ASSIGN_OR_RETURN(const auto querier, storage.NewQuerier(tenant, hints.start, hints.end));
    std::vector<NewestSample> samples;
    std::set<tsdb::Labels> seen;
    for (const auto& matchers : sets) {
      ASSIGN_OR_RETURN(const auto set, querier->Select(matchers, hints));
      for (size_t i = 0; i < set->size(); ++i) {
        RETURN_IF_ERROR(cancellation.Check());
        if (!seen.insert(set->labels(i)).second) continue;
        if (seen.size() > options_.max_series) return TooMany();
        const std::unique_ptr<tsdb::SampleIterator> it = set->Samples(i);
        ASSIGN_OR_RETURN(std::optional<NewestSample> newest, Newest(*it, hints.start, hints.end));
        if (!newest) continue;
        newest->labels = set->labels(i);
        samples.push_back(*std::move(newest));
      }
    }
    return samples;
  }

  Status TooMany() const {
    return FailedPrecondition(fmt::format(
        "the selectors find more than {} series (query.max_series)", options_.max_series));
  }

  const FederateOptions options_;
  const StorageSource storage_;
};

}  // namespace

Route FederateRoute(FederateOptions options, StorageSource storage) {
  const auto handler =
      std::make_shared<const FederateHandler>(std::move(options), std::move(storage));
  Route route;
  route.methods = {"GET", "POST"};
  route.pattern = "/federate";
  route.handler = [handler](const HttpRequest& request, HttpResponse& response) {
    StatusOr<HttpResponse> answer = handler->Handle(request);
    response = answer.ok() ? *std::move(answer) : Failed(answer.status());
  };
  return route;
}

}  // namespace tidemark::server

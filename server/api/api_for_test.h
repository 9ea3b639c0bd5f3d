// ApiForTest: the API over series in memory, and requests to it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "promql/script/memory_storage.h"
#include "server/api/api_context.h"
#include "server/null_storage_for_test.h"

namespace tidemark::server {

// A Storage to read from: what MemoryStorage holds.
class ReadableStorage : public NullStorage {
 public:
  promql::MemoryStorage memory;
  std::map<std::string, tsdb::Metadata> metadata;
  std::vector<tsdb::SeriesExemplars> exemplars;
  mutable std::string tenant;  // asked for last
  mutable int64_t mint = 0;
  mutable int64_t maxt = 0;

  StatusOr<std::unique_ptr<tsdb::Querier>> NewQuerier(std::string_view t, int64_t from,
                                                      int64_t to) const override {
    tenant = t;
    mint = from;
    maxt = to;
    return memory.NewQuerier(t, from, to);
  }
  std::map<std::string, tsdb::Metadata> MetricMetadata(std::string_view) const override {
    return metadata;
  }
  StatusOr<std::vector<tsdb::SeriesExemplars>> Exemplars(std::string_view,
                                                         std::span<const tsdb::Matcher> matchers,
                                                         int64_t from, int64_t to) const override {
    std::vector<tsdb::SeriesExemplars> found;
    for (const tsdb::SeriesExemplars& series : exemplars) {
      const bool matches = std::all_of(
          matchers.begin(), matchers.end(),
          [&](const tsdb::Matcher& m) { return m.Matches(series.labels.Get(m.name())); });
      if (!matches) continue;
      tsdb::SeriesExemplars in_range{series.labels, {}};
      for (const tsdb::Exemplar& e : series.exemplars) {
        if (e.t >= from && e.t <= to) in_range.exemplars.push_back(e);
      }
      if (!in_range.exemplars.empty()) found.push_back(std::move(in_range));
    }
    return found;
  }
};

class ApiForTest : public testing::Test {
 protected:
  using Params = std::vector<std::pair<std::string, std::string>>;

  ApiForTest() {
    context_->options.clock = &clock_;
    context_->storage = [this]() -> tsdb::Storage* { return ready_ ? &storage_ : nullptr; };
  }

  // What the route of `pattern` answers.
  HttpResponse Get(const std::vector<Route>& routes, std::string_view pattern, Params params,
                   std::map<std::string, std::string, std::less<>> path_args = {}) {
    HttpRequest request;
    request.params = std::move(params);
    request.path_args = std::move(path_args);
    request.hung_up = &hung_up_;
    HttpResponse response;
    for (const Route& route : routes) {
      if (route.pattern != pattern) continue;
      EXPECT_EQ(route.methods, (std::vector<std::string>{"GET", "POST"}));
      route.handler(request, response);
      return response;
    }
    ADD_FAILURE() << "no route " << pattern;
    return response;
  }

  FakeClock clock_{1'700'000'000'123};
  ReadableStorage storage_;
  bool ready_ = true;
  Cancellation hung_up_;
  std::shared_ptr<ApiContext> context_ = std::make_shared<ApiContext>();
};

}  // namespace tidemark::server

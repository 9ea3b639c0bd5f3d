// CardinalityRequest: the parameters of Mimir's cardinality endpoints.
//
// Names, bounds and messages as in Grafana Mimir's HTTP API.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "server/http/http.h"
#include "tsdb/base/status.h"
#include "tsdb/model/matcher.h"

namespace tidemark::server {

struct CardinalityRequest {
  std::vector<tsdb::Matcher> matchers;   // `selector`; none: all series
  std::vector<std::string> label_names;  // `label_names[]`, sorted, each once
  size_t limit = 20;                     // `limit`, 0 to 500
};

// `count_method` may be inmemory or active, which are the same here.
//   kInvalidArgument  what Mimir says, too
StatusOr<CardinalityRequest> ReadCardinalityRequest(const HttpRequest& http);

}  // namespace tidemark::server

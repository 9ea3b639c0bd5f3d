// Cors: lets pages of other origins call the API, as Prometheus does.
#pragma once

#include <re2/re2.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tsdb/base/status.h"

namespace tidemark::server {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

// Threads: const functions from any thread.
class Cors {
 public:
  // `pattern` (re2) must match all of an origin; ".*" lets any page call.
  explicit Cors(const std::string& pattern);
  // kInvalidArgument  the pattern does not compile
  Status Validate() const;

  // Appends what a response to a request with this Origin header ("" for none) gets.
  void AddHeaders(std::string_view origin, HeaderList& headers) const;

 private:
  const RE2 pattern_;
  const bool any_;
};

}  // namespace tidemark::server

#include "server/config/features.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"

namespace tidemark::server {
namespace {

using promql::EngineOptions;

struct Feature {
  std::string_view name;
  bool& (*option)(EngineOptions& options);
};

constexpr Feature kFeatures[] = {
    {"promql-experimental-functions",
     [](EngineOptions& o) -> bool& { return o.parser.experimental_functions; }},
    // Always on, as in Prometheus since they left the experimental stage.
    {"promql-duration-expr",
     [](EngineOptions& o) -> bool& { return o.parser.duration_expressions; }},
    {"promql-extended-range-selectors",
     [](EngineOptions& o) -> bool& { return o.parser.extended_range_selectors; }},
    {"promql-binop-fill-modifiers",
     [](EngineOptions& o) -> bool& { return o.parser.binary_fill_modifiers; }},
    {"promql-delayed-name-removal",
     [](EngineOptions& o) -> bool& { return o.delayed_name_removal; }},
    {"use-start-timestamps", [](EngineOptions& o) -> bool& { return o.use_start_timestamps; }},
};

Status SwitchOn(const std::string& name, Config& config) {
  std::string known;
  for (const Feature& feature : kFeatures) {
    if (feature.name == name) {
      feature.option(config.query) = true;
      config.features.push_back(name);
      return OkStatus();
    }
    known += (known.empty() ? "" : ", ") + std::string(feature.name);
  }
  return InvalidArgument(fmt::format("unknown feature \"{}\"; there are {}", name, known));
}

}  // namespace

std::string AllFeatures() {
  std::string names;
  for (const Feature& feature : kFeatures) {
    names += (names.empty() ? "" : ",") + std::string(feature.name);
  }
  return names;
}

Status SetFeatures(std::string_view names, Config& config) {
  config.features.clear();
  for (const Feature& feature : kFeatures) feature.option(config.query) = false;
  config.query.parser.duration_expressions = true;
  for (const absl::string_view part :
       absl::StrSplit(absl::string_view(names.data(), names.size()), ',', absl::SkipWhitespace())) {
    RETURN_IF_ERROR(SwitchOn(std::string(absl::StripAsciiWhitespace(part)), config));
  }
  return OkStatus();
}

}  // namespace tidemark::server

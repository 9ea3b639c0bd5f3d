#include "server/config/features.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"

namespace tidemark::server {
namespace {

struct Feature {
  std::string_view name;
  bool promql::ParserOptions::*option;
};

constexpr Feature kFeatures[] = {
    {"promql-experimental-functions", &promql::ParserOptions::experimental_functions},
    // Always on, as in Prometheus since they left the experimental stage.
    {"promql-duration-expr", &promql::ParserOptions::duration_expressions},
    {"promql-extended-range-selectors", &promql::ParserOptions::extended_range_selectors},
    {"promql-binop-fill-modifiers", &promql::ParserOptions::binary_fill_modifiers},
};

Status SwitchOn(const std::string& name, Config& config) {
  std::string known;
  for (const Feature& feature : kFeatures) {
    if (feature.name == name) {
      config.query.parser.*feature.option = true;
      config.features.push_back(name);
      return OkStatus();
    }
    known += (known.empty() ? "" : ", ") + std::string(feature.name);
  }
  return InvalidArgument(fmt::format("unknown feature \"{}\"; there are {}", name, known));
}

}  // namespace

Status SetFeatures(std::string_view names, Config& config) {
  config.features.clear();
  config.query.parser = promql::ParserOptions();
  config.query.parser.duration_expressions = true;
  for (const absl::string_view part :
       absl::StrSplit(absl::string_view(names.data(), names.size()), ',', absl::SkipWhitespace())) {
    RETURN_IF_ERROR(SwitchOn(std::string(absl::StripAsciiWhitespace(part)), config));
  }
  return OkStatus();
}

}  // namespace tidemark::server

// Features: what `features` switches on, by the names that Prometheus'
// --enable-feature has for the same.
#pragma once

#include <string>
#include <string_view>

#include "server/config/config.h"
#include "tsdb/base/status.h"

namespace tidemark::server {

// Every name there is, separated by commas.
std::string AllFeatures();

// Switches on the features of a comma-separated list, and off all others.
//   kInvalidArgument  one is unknown; the message names all that there are
Status SetFeatures(std::string_view names, Config& config);

}  // namespace tidemark::server

// The settings under `otlp`.
#pragma once

#include <vector>

#include "server/config/settings.h"

namespace tidemark::server {

// In the order of config.example.yml.
std::vector<Setting> OtlpSettings();

}  // namespace tidemark::server

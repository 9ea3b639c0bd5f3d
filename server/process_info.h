// Config → what the API tells of it.
#pragma once

#include "server/api/process_info.h"
#include "server/config/config.h"

namespace tidemark::server {

ProcessInfo ProcessInfoOf(const Config& config, int64_t start_ms);

}  // namespace tidemark::server

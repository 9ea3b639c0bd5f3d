// Settings: the table of all keys, each with how it is read and printed.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "server/config/config.h"
#include "tsdb/base/status.h"

namespace tidemark::server {

struct Setting {
  std::string_view key;  // "storage.retention.raw"
  // kInvalidArgument  the value is not one; the message does not repeat the key
  std::function<Status(Config&, std::string_view)> set;
  std::function<std::string(const Config&)> print;
};

// In the order of config.example.yml.
const std::vector<Setting>& Settings();

// The setting of that key.
//   kInvalidArgument  unknown; the message names the nearest known key
StatusOr<const Setting*> FindSetting(std::string_view key);

}  // namespace tidemark::server

#include "tsdb/store/rocks_logger.h"

#include <cstdarg>
#include <cstdio>
#include <string_view>

#include "tsdb/base/log.h"

namespace tidemark::tsdb {
namespace {

class RocksLogger : public rocksdb::Logger {
 public:
  RocksLogger() : rocksdb::Logger(rocksdb::InfoLogLevel::WARN_LEVEL) {}

  using rocksdb::Logger::Logv;
  void Logv(const char* format, va_list arguments) override {
    Logv(rocksdb::InfoLogLevel::INFO_LEVEL, format, arguments);
  }
  void Logv(rocksdb::InfoLogLevel level, const char* format, va_list arguments) override {
    if (level < GetInfoLogLevel() || level == rocksdb::InfoLogLevel::HEADER_LEVEL) return;
    char text[1024];
    std::vsnprintf(text, sizeof(text), format, arguments);
    std::string_view message = text;
    while (!message.empty() && message.back() == '\n') message.remove_suffix(1);
    const bool warning = level == rocksdb::InfoLogLevel::WARN_LEVEL;
    Log(warning ? LogLevel::kWarn : LogLevel::kError, "RocksDB reports", {{"text", message}});
  }
};

}  // namespace

std::shared_ptr<rocksdb::Logger> NewRocksLogger() { return std::make_shared<RocksLogger>(); }

}  // namespace tidemark::tsdb

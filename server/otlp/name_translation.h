// Names and units of OpenTelemetry → those of Prometheus, by the rules of
// Prometheus' otlptranslator (and of OpenTelemetry's specification "Prometheus
// and OpenMetrics compatibility").
//
// Threads: any.
#pragma once

#include <string>
#include <string_view>

#include "tsdb/base/status.h"

namespace tidemark::server {

// Whether characters that need quotes in PromQL become '_', and whether unit and
// type are appended to the names of metrics.  otlp.translation_strategy has these
// four names of upstream's.
struct Translation {
  bool escape = true;
  bool suffixes = true;
};

//   kInvalidArgument  the message lists the names there are
StatusOr<Translation> ParseTranslation(std::string_view name);
std::string_view TranslationName(const Translation& translation);

enum class OtlpType { kGauge, kCounter, kUpDownCounter, kHistogram, kSummary };

// "http.server.duration" in "s", a histogram: "http_server_duration_seconds".
//   kInvalidArgument  nothing is left of it but underscores
StatusOr<std::string> TranslateMetricName(std::string_view name, std::string_view unit,
                                          OtlpType type, const Translation& translation);

// "By/s": "bytes_per_second"; "1" and "{requests}": "".
std::string TranslateUnit(std::string_view unit);

// "http.method": "http_method".
//   kInvalidArgument  empty, or nothing is left of it but underscores
StatusOr<std::string> TranslateLabelName(std::string_view name, const Translation& translation);

}  // namespace tidemark::server

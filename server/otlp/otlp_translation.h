// How OTLP becomes Prometheus' data: what can be set of it, by the names that
// Prometheus' configuration has for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "server/otlp/name_translation.h"

namespace tidemark::server {

struct PointLabelOptions {
  Translation translation;
  std::vector<std::string> promoted;  // attributes of the resource that become labels
  bool promote_all = false;           // all of them; `promoted` does not count then
  bool keep_identifying = false;      // service.* in target_info, too
  bool promote_scope = false;         // otel_scope_name, _version, _schema_url, _<attribute>
};

struct OtlpTranslation {
  PointLabelOptions labels;
  bool custom_buckets = false;  // otlp.convert_histograms_to_nhcb
  bool keep_delta = false;      // otlp.delta: keep; otherwise deltas are refused
  int64_t lookback_ms = 300'000;
  size_t max_label_bytes = 128 << 20;  // of all series, written out
};

}  // namespace tidemark::server

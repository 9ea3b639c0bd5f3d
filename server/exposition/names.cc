#include "server/exposition/names.h"

#include <algorithm>
#include <string>
#include <utility>

namespace tidemark::server {
namespace {

using io::prometheus::client::LabelPair;
using io::prometheus::client::Metric;
using io::prometheus::client::MetricFamily;

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsLegacyName(std::string_view name, std::string_view also) {
  const auto fits = [also](char c) {
    return IsLetter(c) || IsDigit(c) || also.find(c) != std::string_view::npos;
  };
  return !name.empty() && !IsDigit(name[0]) && std::all_of(name.begin(), name.end(), fits);
}

std::string Underscored(std::string_view name, std::string_view also) {
  std::string out;
  for (const char c : name) {
    const bool continues = (static_cast<unsigned char>(c) & 0xc0) == 0x80;  // of a UTF-8 sequence
    if (continues) continue;
    const bool fits = IsLetter(c) || (IsDigit(c) && !out.empty()) || also.find(c) != also.npos;
    out.push_back(fits ? c : '_');
  }
  return out;
}

}  // namespace

bool IsLegacyMetricName(std::string_view name) { return IsLegacyName(name, ":"); }
bool IsLegacyLabelName(std::string_view name) { return IsLegacyName(name, ""); }

bool HasLegacyNames(const MetricFamily& family) {
  const auto legacy_label = [](const LabelPair& label) { return IsLegacyLabelName(label.name()); };
  const auto legacy_metric = [&](const Metric& metric) {
    return std::all_of(metric.label().begin(), metric.label().end(), legacy_label);
  };
  return IsLegacyMetricName(family.name()) &&
         std::all_of(family.metric().begin(), family.metric().end(), legacy_metric);
}

MetricFamily WithLegacyNames(MetricFamily family) {
  family.set_name(Underscored(family.name(), ":"));
  for (Metric& metric : *family.mutable_metric()) {
    for (LabelPair& label : *metric.mutable_label()) {
      label.set_name(Underscored(label.name(), ""));
    }
  }
  return family;
}

}  // namespace tidemark::server

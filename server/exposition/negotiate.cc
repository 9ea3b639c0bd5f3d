// Content negotiation (RFC 9110, section 12.5.1) among the three formats.
#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "server/exposition/exposition.h"

namespace tidemark::server {
namespace {

constexpr std::string_view kMessage = "io.prometheus.client.MetricFamily";

// One element of an Accept header.
struct MediaRange {
  std::string type;  // "text/plain", in lower case
  std::map<std::string, std::string, std::less<>> params;
  double q = 1;

  std::string_view Param(std::string_view name) const {
    const auto found = params.find(name);
    return found == params.end() ? std::string_view() : std::string_view(found->second);
  }
};

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t";
  text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
  text.remove_suffix(text.size() - (text.find_last_not_of(kBlank) + 1));
  return text;
}

// The part before the separator, trimmed; `rest` keeps what follows.
std::string_view Cut(std::string_view& rest, char separator) {
  const size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view part = Trimmed(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

std::string Lower(std::string_view text) {
  std::string out(text);
  absl::AsciiStrToLower(&out);
  return out;
}

std::string_view Unquoted(std::string_view value) {
  const bool quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
  return quoted ? value.substr(1, value.size() - 2) : value;
}

MediaRange ParseMediaRange(std::string_view text) {
  MediaRange range;
  range.type = Lower(Cut(text, ';'));
  while (!text.empty()) {
    std::string_view value = Cut(text, ';');
    const std::string name = Lower(Cut(value, '='));
    range.params[name] = Unquoted(Trimmed(value));
  }
  // What is no number weighs 1, as if it were not there.
  const std::string_view q = range.Param("q");
  std::from_chars(q.data(), q.data() + q.size(), range.q);
  return range;
}

std::optional<Format::Kind> KindOf(const MediaRange& range) {
  const std::string_view version = range.Param("version");
  if (range.type == "application/vnd.google.protobuf") {
    if (range.Param("proto") != kMessage || range.Param("encoding") != "delimited") return {};
    return Format::Kind::kProtobuf;
  }
  if (range.type == "application/openmetrics-text") {
    if (!version.empty() && version != "1.0.0") return {};
    return Format::Kind::kOpenMetrics;
  }
  if (range.type == "text/plain" || range.type == "text/*" || range.type == "*/*") {
    // 1.0.0 is 0.0.4 with names in quotes.
    const bool ours = version.empty() || version == "0.0.4" ||
                      (version == "1.0.0" && range.Param("escaping") == "allow-utf-8");
    if (!ours) return {};
    return Format::Kind::kText;
  }
  return {};
}

// Text 0.0.4 has no way to write other names, whatever the scraper allows.
bool AllowsUtf8Names(const MediaRange& range, Format::Kind kind) {
  return range.Param("escaping") == "allow-utf-8" &&
         (kind != Format::Kind::kText || range.Param("version") == "1.0.0");
}

}  // namespace

Format Negotiate(std::string_view accept) {
  Format best;
  double best_q = 0;
  while (!accept.empty()) {
    const MediaRange range = ParseMediaRange(Cut(accept, ','));
    const std::optional<Format::Kind> kind = KindOf(range);
    if (!kind.has_value() || !(range.q > best_q)) continue;
    best = {*kind, AllowsUtf8Names(range, *kind), false};
    best_q = range.q;
  }
  return best;
}

std::string ContentType(Format format) {
  const char* names = format.utf8_names ? "; escaping=allow-utf-8" : "; escaping=underscores";
  switch (format.kind) {
    case Format::Kind::kProtobuf:
      return "application/vnd.google.protobuf; proto=" + std::string(kMessage) +
             "; encoding=delimited" + names;
    case Format::Kind::kOpenMetrics:
      return std::string("application/openmetrics-text; version=1.0.0; charset=utf-8") + names;
    case Format::Kind::kText:
      break;
  }
  return std::string("text/plain; version=") + (format.utf8_names ? "1.0.0" : "0.0.4") +
         "; charset=utf-8" + names;
}

}  // namespace tidemark::server

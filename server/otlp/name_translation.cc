#include "server/otlp/name_translation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "tsdb/base/quote.h"

namespace tidemark::server {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

// UCUM's symbols, and what is customary in Prometheus.
constexpr Pair kUnits[] = {
    {"d", "days"},
    {"h", "hours"},
    {"min", "minutes"},
    {"s", "seconds"},
    {"ms", "milliseconds"},
    {"us", "microseconds"},
    {"ns", "nanoseconds"},
    {"By", "bytes"},
    {"KiBy", "kibibytes"},
    {"MiBy", "mebibytes"},
    {"GiBy", "gibibytes"},
    {"TiBy", "tibibytes"},
    {"KBy", "kilobytes"},
    {"MBy", "megabytes"},
    {"GBy", "gigabytes"},
    {"TBy", "terabytes"},
    {"m", "meters"},
    {"V", "volts"},
    {"A", "amperes"},
    {"J", "joules"},
    {"W", "watts"},
    {"g", "grams"},
    {"Cel", "celsius"},
    {"Hz", "hertz"},
    {"1", ""},
    {"%", "percent"},
};

// Behind a '/'.
constexpr Pair kPerUnits[] = {
    {"s", "second"}, {"m", "minute"}, {"h", "hour"}, {"d", "day"},
    {"w", "week"},   {"mo", "month"}, {"y", "year"},
};

constexpr std::pair<std::string_view, Translation> kTranslations[] = {
    {"UnderscoreEscapingWithSuffixes", {true, true}},
    {"UnderscoreEscapingWithoutSuffixes", {true, false}},
    {"NoUTF8EscapingWithSuffixes", {false, true}},
    {"NoTranslation", {false, false}},
};

template <size_t N>
std::string_view Mapped(const Pair (&map)[N], std::string_view key) {
  const auto found =
      std::find_if(std::begin(map), std::end(map), [key](const Pair& p) { return p.first == key; });
  return found == std::end(map) ? key : found->second;
}

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && absl::ascii_isspace(static_cast<unsigned char>(text.front()))) {
    text.remove_prefix(1);
  }
  while (!text.empty() && absl::ascii_isspace(static_cast<unsigned char>(text.back()))) {
    text.remove_suffix(1);
  }
  return text;
}

bool IsAlnum(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); }
bool IsInMetricNames(char c) { return IsAlnum(c) || c == ':'; }
bool IsContinuation(char c) { return (c & 0xc0) == 0x80; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool OnlyUnderscores(std::string_view text) {
  return text.find_first_not_of('_') == std::string_view::npos;
}

bool TakeSuffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

// ---------------------------------------------------------------- units

struct Unit {
  std::string main;  // "bytes"
  std::string per;   // "per_second"
};

// One side of the '/'; annotations in braces are no units.
std::string_view UnitPart(std::string_view text) {
  text = Trimmed(text);
  return text.find_first_of("{}") == std::string_view::npos ? text : std::string_view();
}

Unit ReadUnit(std::string_view unit) {
  const size_t slash = unit.find('/');
  Unit out;
  out.main = Mapped(kUnits, UnitPart(unit.substr(0, slash)));
  if (slash == std::string_view::npos) return out;
  const std::string_view per = Mapped(kPerUnits, UnitPart(unit.substr(slash + 1)));
  if (!per.empty()) out.per = fmt::format("per_{}", per);
  return out;
}

// What is not allowed in names becomes '_', many of them one, none in front.
std::string Cleaned(std::string_view unit) {
  std::string out;
  for (const char c : unit) {
    if (IsInMetricNames(c)) {
      out += c;
    } else if (!IsContinuation(c) && (out.empty() || out.back() != '_')) {
      out += '_';
    }
  }
  if (out.starts_with('_')) out.erase(0, 1);
  return out;
}

// ---------------------------------------------------------------- metric names

using Tokens = std::vector<std::string>;

// The pieces between characters that `keep` does not take.
template <typename Keep>
Tokens Split(std::string_view name, Keep keep) {
  Tokens tokens;
  bool inside = false;
  for (const char c : name) {
    if (!keep(c)) {
      inside = false;
      continue;
    }
    if (!inside) tokens.emplace_back();
    inside = true;
    tokens.back() += c;
  }
  return tokens;
}

bool Has(const Tokens& tokens, std::string_view token) {
  return std::find(tokens.begin(), tokens.end(), token) != tokens.end();
}

void AddUnit(const Unit& unit, Tokens& tokens) {
  std::string main = Cleaned(unit.main);
  std::string per = Cleaned(unit.per);
  if (Has(tokens, main)) main.clear();
  if (per == "per_") per.clear();
  if (per.ends_with('_')) per.pop_back();
  if (Has(tokens, per)) per.clear();
  if (!per.empty() && main.ends_with('_')) main.pop_back();
  if (!main.empty()) tokens.push_back(main);
  if (!per.empty()) tokens.push_back(per);
}

void MoveToEnd(Tokens& tokens, std::string_view token) {
  std::erase(tokens, token);
  tokens.emplace_back(token);
}

std::string EscapedName(std::string_view name, std::string_view unit, OtlpType type,
                        bool suffixes) {
  Tokens tokens;
  if (suffixes) {
    tokens = Split(name, IsInMetricNames);
    AddUnit(ReadUnit(unit), tokens);
    if (type == OtlpType::kCounter) MoveToEnd(tokens, "total");
    if (type == OtlpType::kGauge && unit == "1") MoveToEnd(tokens, "ratio");
  } else {
    tokens = Split(name, [](char c) { return IsInMetricNames(c) || c == '_'; });
  }
  std::string out = fmt::format("{}", fmt::join(tokens, "_"));
  if (!out.empty() && IsDigit(out[0])) out.insert(0, "_");
  return out;
}

// Takes `suffix` off the end, with the one character before it.
void TrimSuffix(std::string_view& name, std::string_view suffix) {
  if (name.size() > suffix.size() + 1 && TakeSuffix(name, suffix)) name.remove_suffix(1);
}

std::string QuotedName(std::string_view name, std::string_view unit, OtlpType type) {
  const bool ratio = type == OtlpType::kGauge && unit == "1";
  const bool total = type == OtlpType::kCounter;
  const Unit parts = ReadUnit(unit);
  if (ratio) TrimSuffix(name, "ratio");
  if (total) TrimSuffix(name, "total");
  if (!parts.per.empty()) TrimSuffix(name, parts.per);
  std::string out(name);
  if (!parts.main.empty() && !name.ends_with(parts.main)) out += "_" + parts.main;
  if (!parts.per.empty()) out += "_" + parts.per;
  if (total) out += "_total";
  if (ratio) out += "_ratio";
  return out;
}

}  // namespace

StatusOr<Translation> ParseTranslation(std::string_view name) {
  std::vector<std::string_view> known;
  for (const auto& [text, translation] : kTranslations) {
    if (text == name) return translation;
    known.push_back(text);
  }
  return InvalidArgument(fmt::format("not one of {}: {}", fmt::join(known, ", "), Quoted(name)));
}

std::string_view TranslationName(const Translation& translation) {
  return kTranslations[2 * !translation.escape + !translation.suffixes].first;
}

StatusOr<std::string> TranslateMetricName(std::string_view name, std::string_view unit,
                                          OtlpType type, const Translation& translation) {
  if (!translation.escape) {
    return translation.suffixes ? QuotedName(name, unit, type) : std::string(name);
  }
  std::string out = EscapedName(name, unit, type, translation.suffixes);
  if (out.empty()) {
    return InvalidArgument(
        fmt::format("normalization for metric {} resulted in empty name", Quoted(name)));
  }
  if (out != name && OnlyUnderscores(out)) {
    return InvalidArgument(fmt::format("normalization for metric {} resulted in invalid name {}",
                                       Quoted(name), Quoted(out)));
  }
  return out;
}

std::string TranslateUnit(std::string_view unit) {
  const Unit parts = ReadUnit(unit);
  const std::string main = Cleaned(parts.main);
  const std::string per = Cleaned(parts.per);
  std::string out = main.empty() || per.empty() ? main + per : main + "_" + per;
  if (out.starts_with('_')) out.erase(0, 1);
  if (out.ends_with('_')) out.pop_back();
  return out;
}

StatusOr<std::string> TranslateLabelName(std::string_view name, const Translation& translation) {
  if (name.empty()) return InvalidArgument("label name is empty");
  std::string out;
  if (translation.escape) {
    for (const char c : name) {
      if (!IsContinuation(c)) out += IsAlnum(c) ? c : '_';
    }
    if (out.empty() || IsDigit(out[0])) {
      out.insert(0, "key_");
    } else if (out.starts_with('_') && !out.starts_with("__")) {
      out.insert(0, "key");
    }
  } else {
    out = name;
  }
  if (OnlyUnderscores(out)) {
    return InvalidArgument(fmt::format(
        "normalization for label name {} resulted in invalid name {}", Quoted(name), Quoted(out)));
  }
  return out;
}

}  // namespace tidemark::server

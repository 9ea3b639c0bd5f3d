#include "promql/functions/regex_template.h"

#include <charconv>
#include <optional>

namespace tidemark::promql {
namespace {

bool IsNameCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// Takes `name` or `{name}` from the front of `text`, which follows a dollar sign.
std::optional<std::string_view> TakeReference(std::string_view& text) {
  const bool braces = !text.empty() && text[0] == '{';
  const std::string_view from_name = text.substr(braces ? 1 : 0);
  size_t n = 0;
  while (n < from_name.size() && IsNameCharacter(from_name[n])) ++n;
  if (n == 0) return std::nullopt;
  if (braces && (n == from_name.size() || from_name[n] != '}')) return std::nullopt;
  text = from_name.substr(braces ? n + 1 : n);
  return from_name.substr(0, n);
}

std::optional<size_t> GroupIndex(const re2::RE2& regex, std::string_view name) {
  size_t index = 0;
  const auto result = std::from_chars(name.data(), name.data() + name.size(), index);
  if (result.ptr == name.data() + name.size() && result.ec == std::errc()) return index;
  const auto& names = regex.NamedCapturingGroups();
  const auto it = names.find(std::string(name));
  if (it == names.end()) return std::nullopt;
  return static_cast<size_t>(it->second);
}

}  // namespace

std::string ExpandTemplate(const re2::RE2& regex, std::string_view replacement,
                           std::span<const re2::StringPiece> groups) {
  std::string out;
  while (true) {
    const size_t dollar = replacement.find('$');
    out += replacement.substr(0, dollar);
    if (dollar == std::string_view::npos) return out;
    replacement.remove_prefix(dollar + 1);
    if (!replacement.empty() && replacement[0] == '$') {
      out += '$';
      replacement.remove_prefix(1);
      continue;
    }
    const std::optional<std::string_view> name = TakeReference(replacement);
    if (!name) {
      out += '$';
      continue;
    }
    const std::optional<size_t> group = GroupIndex(regex, *name);
    if (group && *group < groups.size()) {
      out.append(groups[*group].data(), groups[*group].size());
    }
  }
}

}  // namespace tidemark::promql

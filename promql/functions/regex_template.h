// The replacement of label_replace: text with $1, ${1} and ${name} for what
// groups of a regular expression matched, by the rules of Go's regexp.Expand.
#pragma once

#include <re2/re2.h>

#include <span>
#include <string>
#include <string_view>

namespace tidemark::promql {

// `groups[0]` is the whole match; a group that matched nothing, or does not
// exist, is empty.  "$$" is a dollar sign.
std::string ExpandTemplate(const re2::RE2& regex, std::string_view replacement,
                           std::span<const re2::StringPiece> groups);

}  // namespace tidemark::promql

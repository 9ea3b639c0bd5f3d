// Text in quotes with Go's escapes, as Prometheus prints label values, and
// names that need no quotes.
#pragma once

#include <string>
#include <string_view>

namespace tidemark {

// Appends `text` between double quotes: \a \b \f \n \r \t \v \\ \" and \xNN for
// bytes that are not UTF-8, \uNNNN and \UNNNNNNNN for what is not printable.
// Letters, marks, numbers and signs stay as they are; code points that Unicode
// has not assigned count as printable here.
void AppendQuoted(std::string& out, std::string_view text);
std::string Quoted(std::string_view text);

// [a-zA-Z_][a-zA-Z0-9_]*
bool IsIdentifier(std::string_view name);

// `name` as it is if it is an identifier, otherwise in quotes.
void AppendName(std::string& out, std::string_view name);

}  // namespace tidemark

// Any text as an expression: an error, or a tree that prints as a text which
// parses to a tree that prints the same.  All of the grammar is switched on.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "promql/parser/parse.h"
#include "promql/parser/printer.h"
#include "promql/parser/selectors.h"

namespace {

using namespace tidemark::promql;

constexpr ParserOptions kAll{.experimental_functions = true,
                             .duration_expressions = true,
                             .extended_range_selectors = true,
                             .binary_fill_modifiers = true};

[[noreturn]] void Fail(const char* what, const std::string& first, const std::string& second) {
  std::fprintf(stderr, "%s\n  %s\n  %s\n", what, first.c_str(), second.c_str());
  std::abort();
}

void MustPrintAs(const std::string& text, const std::string& printed) {
  const auto again = ParseExpr(text, kAll);
  if (!again.ok()) Fail("what was printed does not parse", text, again.status().ToString());
  const std::string second = Print(**again);
  if (second != printed) Fail("printed differently", printed, second);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto expr = ParseExpr(text, kAll);
  if (!expr.ok()) {
    if (expr.status().message().empty()) Fail("an error without words", text, "");
    return 0;
  }
  SelectorsOf(**expr);
  const std::string printed = Print(**expr);
  MustPrintAs(printed, printed);
  MustPrintAs(PrettyPrint(**expr), printed);
  return 0;
}

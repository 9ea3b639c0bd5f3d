#include "promql/functions/regex_template.h"

#include <gtest/gtest.h>

namespace tidemark::promql {
namespace {

TEST(RegexTemplateTest, ReferencesAreReplaced) {
  const re2::RE2 regex("(a+)-(?P<rest>b*)(c)?");
  const std::vector<re2::StringPiece> groups = {"aa-bb", "aa", "bb", re2::StringPiece()};
  const struct {
    const char* replacement;
    const char* expected;
  } cases[] = {
      {"", ""},
      {"plain", "plain"},
      {"$1", "aa"},
      {"<$0>", "<aa-bb>"},
      {"${1}x", "aax"},
      {"$1x", ""},  // the group "1x", which is none
      {"$rest!", "bb!"},
      {"${rest}$2", "bbbb"},
      {"$3", ""},
      {"$4", ""},
      {"$99999999999999999999", ""},
      {"$$1", "$1"},
      {"$", "$"},
      {"$-", "$-"},
      {"${1", "${1"},
      {"${}", "${}"},
      {"${1-}", "${1-}"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.replacement);
    EXPECT_EQ(ExpandTemplate(regex, c.replacement, groups), c.expected);
  }
}

}  // namespace
}  // namespace tidemark::promql

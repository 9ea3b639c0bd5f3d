#include "proto/symbol_table.h"

#include <gtest/gtest.h>

#include "proto/remote_write.h"

namespace tidemark::proto {
namespace {

using Refs = std::vector<uint32_t>;
using Views = std::vector<LabelView>;

TEST(SymbolTableTest, SaysWhatIsWrongWithReferences) {
  SymbolTable table(1000);
  for (const char* s : {"", "job", "api"}) EXPECT_TRUE(table.Add(s));
  EXPECT_EQ(table.CheckLabels(Refs{}), "");
  EXPECT_EQ(table.CheckLabels(Refs{1, 2}), "");
  EXPECT_EQ(table.CheckLabels(Refs{1}), "1 label references: names and values do not pair");
  EXPECT_EQ(table.CheckLabels(Refs{1, 3}), "label reference 3 is past the 3 symbols");
  EXPECT_EQ(table.CheckLabels(Refs{4294967295, 0}),
            "label reference 4294967295 is past the 3 symbols");
}

TEST(SymbolTableTest, WritesLabelsAsVersion1HasThem) {
  const std::string lengths[] = {"",
                                 "a",
                                 std::string(120, 'b'),
                                 std::string(127, 'c'),
                                 std::string(128, 'd'),
                                 std::string(20'000, 'e')};
  SymbolTable table(1 << 20);
  for (const std::string& s : lengths) EXPECT_TRUE(table.Add(s));
  for (uint32_t name = 0; name < 6; ++name) {
    for (uint32_t value = 0; value < 6; ++value) {
      SCOPED_TRACE(testing::Message() << name << " " << value);
      std::string_view raw;
      ASSERT_TRUE(table.WriteLabels(Refs{1, 1, name, value}, raw));
      Views labels;
      ReadLabels(raw, labels);
      EXPECT_EQ(labels, (Views{{"a", "a"}, {lengths[name], lengths[value]}}));
      Views read;
      ASSERT_TRUE(table.ReadLabels(Refs{1, 1, name, value}, read));
      EXPECT_EQ(read, labels);
    }
  }
  std::string_view raw = "before";
  EXPECT_TRUE(table.WriteLabels({}, raw));
  EXPECT_EQ(raw, "");
}

TEST(SymbolTableTest, BoundsWhatIsWrittenOut) {
  const std::string large(600, 'x');
  SymbolTable table(1000);
  EXPECT_TRUE(table.Add("a") && table.Add(large));
  std::string_view raw;
  EXPECT_TRUE(table.WriteLabels(Refs{0, 1}, raw));
  EXPECT_FALSE(table.WriteLabels(Refs{0, 1}, raw));
  EXPECT_FALSE(table.WriteLabels(Refs(100'000, 1), raw));

  SymbolTable views(1000);
  EXPECT_TRUE(views.Add("a") && views.Add(large));
  Views labels;
  EXPECT_FALSE(views.ReadLabels(Refs{0, 1, 0, 1, 0, 1, 0, 1}, labels));
  EXPECT_EQ(labels.size(), 2u);
}

TEST(SymbolTableTest, TakesAMillionSymbols) {
  SymbolTable table(1000);
  for (size_t i = 0; i < SymbolTable::kMaxSymbols; ++i) ASSERT_TRUE(table.Add(""));
  EXPECT_FALSE(table.Add(""));
}

}  // namespace
}  // namespace tidemark::proto

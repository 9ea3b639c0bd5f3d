#include "server/api/expr_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "promql/parser/parse.h"

namespace tidemark::server {
namespace {

using nlohmann::json;

json Parsed(const std::string& text) {
  const auto expr = promql::ParseExpr(text, {.experimental_functions = true,
                                             .duration_expressions = true,
                                             .extended_range_selectors = true,
                                             .binary_fill_modifiers = true});
  EXPECT_TRUE(expr.ok()) << expr.status();
  JsonWriter writer;
  WriteExpr(writer, **expr);
  return json::parse(std::move(writer).Take());
}

TEST(ExprJsonTest, EachKind) {
  const std::string x =
      R"("anchored":false,"matchers":[{"name":"__name__","type":"=","value":"x"}],"name":"x",)"
      R"("offset":0,"offsetExpr":null,"smoothed":false,"startOrEnd":null,"timestamp":null)";
  const std::string vector = R"({"type":"vectorSelector",)" + x + "}";
  const struct {
    const char* expr;
    std::string expected;
  } cases[] = {
      {"1e3", R"({"type":"numberLiteral","val":"1000"})"},
      {"\"a\\\"b\"", R"({"type":"stringLiteral","val":"a\"b"})"},
      {"x", vector},
      {"(x)", R"({"type":"parenExpr","expr":)" + vector + "}"},
      {"-x", R"({"type":"unaryExpr","op":"-","expr":)" + vector + "}"},
      {"x[5m]", R"({"type":"matrixSelector","range":300000,"rangeExpr":null,)" + x + "}"},
      {"x[5m:10s] @ start()",
       R"({"type":"subquery","offset":0,"offsetExpr":null,"range":300000,"rangeExpr":null,)"
       R"("step":10000,"stepExpr":null,"startOrEnd":"start","timestamp":null,"expr":)" +
           vector + "}"},
      {"sum by (a) (x)",
       R"({"type":"aggregation","op":"sum","param":null,"grouping":["a"],"without":false,"expr":)" +
           vector + "}"},
      {"topk without () (2, x)",
       R"({"type":"aggregation","op":"topk","param":{"type":"numberLiteral","val":"2"},)"
       R"("grouping":[],"without":true,"expr":)" +
           vector + "}"},
      {"abs(x)",
       R"({"type":"call","func":{"name":"abs","argTypes":["vector"],"returnType":"vector",)"
       R"("variadic":0},"args":[)" +
           vector + "]}"},
      {"x > bool 1", R"({"type":"binaryExpr","op":">","bool":true,"matching":null,)"
                     R"("rhs":{"type":"numberLiteral","val":"1"},"lhs":)" +
                         vector + "}"},
      {"x * on(a) group_left(b) fill_right(2) x",
       R"({"type":"binaryExpr","op":"*","bool":false,"matching":{"card":"many-to-one",)"
       R"("fillValues":{"lhs":null,"rhs":2},"include":["b"],"labels":["a"],"on":true},"lhs":)" +
           vector + R"(,"rhs":)" + vector + "}"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.expr);
    EXPECT_EQ(Parsed(c.expr), json::parse(c.expected));
  }
}

TEST(ExprJsonTest, SelectorsSayTheirTimesAndMatchers) {
  const json selector = Parsed(R"q({a!="1",b=~"2|3",c!~"4",d="5"} @ 1.5 offset -2s)q");
  EXPECT_EQ(selector["timestamp"], 1500);
  EXPECT_EQ(selector["startOrEnd"], nullptr);
  EXPECT_EQ(selector["offset"], -2000);
  std::string ops;
  for (const json& m : selector["matchers"]) ops += m["type"].get<std::string>() + " ";
  EXPECT_EQ(ops, "!= =~ !~ = ");
  EXPECT_EQ(Parsed("x @ end()")["startOrEnd"], "end");
  EXPECT_EQ(Parsed("rate(x[1m] anchored)")["args"][0]["anchored"], true);
}

TEST(ExprJsonTest, DurationExpressions) {
  EXPECT_EQ(Parsed("x[(1m+step())*2]")["rangeExpr"], json::parse(R"({
      "type":"durationExpr","op":"*","wrapped":false,
      "lhs":{"type":"durationExpr","op":"+","wrapped":true,
             "lhs":{"type":"numberLiteral","val":"60","duration":true},
             "rhs":{"type":"durationExpr","op":"step","wrapped":false,"lhs":null,"rhs":null}},
      "rhs":{"type":"numberLiteral","val":"2","duration":false}})"));
}

}  // namespace
}  // namespace tidemark::server

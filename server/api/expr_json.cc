#include "server/api/expr_json.h"

#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "promql/parser/functions.h"
#include "promql/parser/number_literal.h"
#include "promql/parser/print_parts.h"

namespace tidemark::server {
namespace {

using promql::As;
using promql::Expr;

// One writer for a whole tree; each function writes one object or value.
class ExprWriter {
 public:
  explicit ExprWriter(JsonWriter& json) : json_(json) {}

  void Write(const Expr* expr) {
    if (expr == nullptr) return json_.Null();
    json_.BeginObject();
    WriteKind(*expr);
    json_.EndObject();
  }

 private:
  void WriteKind(const Expr& expr) {
    if (const auto* aggregate = As<promql::AggregateExpr>(&expr)) return Aggregate(*aggregate);
    if (const auto* binary = As<promql::BinaryExpr>(&expr)) return Binary(*binary);
    if (const auto* call = As<promql::Call>(&expr)) return CallOf(*call);
    if (const auto* matrix = As<promql::MatrixSelector>(&expr)) return Matrix(*matrix);
    if (const auto* subquery = As<promql::SubqueryExpr>(&expr)) return Subquery(*subquery);
    if (const auto* vector = As<promql::VectorSelector>(&expr)) return Vector(*vector);
    if (const auto* unary = As<promql::UnaryExpr>(&expr)) return Unary(*unary);
    if (const auto* paren = As<promql::ParenExpr>(&expr)) {
      Child("expr", paren->expr.get());
      return Text("type", "parenExpr");
    }
    if (const auto* number = As<promql::NumberLiteral>(&expr)) {
      Text("type", "numberLiteral");
      return Text("val", promql::FormatFixed(number->value));
    }
    if (const auto* text = As<promql::StringLiteral>(&expr)) {
      Text("type", "stringLiteral");
      return Text("val", text->value);
    }
    if (const auto* duration = As<promql::DurationExpr>(&expr)) return Duration(*duration);
  }

  void Aggregate(const promql::AggregateExpr& expr) {
    Child("expr", expr.expr.get());
    Texts("grouping", expr.grouping);
    Text("op", promql::AggregateOpName(expr.op));
    Child("param", expr.param.get());
    Text("type", "aggregation");
    Boolean("without", expr.without);
  }

  void Binary(const promql::BinaryExpr& expr) {
    Boolean("bool", expr.return_bool);
    Child("lhs", expr.lhs.get());
    json_.Key("matching");
    if (expr.matching.has_value()) {
      Matching(*expr.matching);
    } else {
      json_.Null();
    }
    Text("op", promql::BinaryOpName(expr.op));
    Child("rhs", expr.rhs.get());
    Text("type", "binaryExpr");
  }

  void Matching(const promql::VectorMatching& matching) {
    json_.BeginObject();
    Text("card", promql::MatchCardinalityName(matching.card));
    json_.Key("fillValues");
    json_.BeginObject();
    FillValue("lhs", matching.fill_left);
    FillValue("rhs", matching.fill_right);
    json_.EndObject();
    Texts("include", matching.include);
    Texts("labels", matching.labels);
    Boolean("on", matching.on);
    json_.EndObject();
  }

  // JSON has no NaN and no infinities.
  void FillValue(std::string_view key, const std::optional<double>& value) {
    json_.Key(key);
    if (value.has_value() && std::isfinite(*value)) {
      json_.Number(*value);
    } else {
      json_.Null();
    }
  }

  void CallOf(const promql::Call& call) {
    json_.Key("args");
    json_.BeginArray();
    for (const promql::ExprPtr& arg : call.args) Write(arg.get());
    json_.EndArray();
    json_.Key("func");
    json_.BeginObject();
    json_.Key("argTypes");
    json_.BeginArray();
    for (const promql::ValueType type : call.function->arg_types) {
      json_.Text(promql::ValueTypeName(type));
    }
    json_.EndArray();
    Text("name", call.function->name);
    Text("returnType", promql::ValueTypeName(call.function->return_type));
    Integer("variadic", call.function->variadic);
    json_.EndObject();
    Text("type", "call");
  }

  void Matrix(const promql::MatrixSelector& matrix) {
    const promql::VectorSelector& selector = *matrix.selector;
    Boolean("anchored", selector.anchored);
    Matchers(selector.matchers);
    Text("name", selector.name);
    Offset(selector.shift);
    Integer("range", matrix.range_ms);
    DurationChild("rangeExpr", matrix.range_expr.get());
    Boolean("smoothed", selector.smoothed);
    At(selector.shift);
    Text("type", "matrixSelector");
  }

  void Vector(const promql::VectorSelector& selector) {
    Boolean("anchored", selector.anchored);
    Matchers(selector.matchers);
    Text("name", selector.name);
    Offset(selector.shift);
    Boolean("smoothed", selector.smoothed);
    At(selector.shift);
    Text("type", "vectorSelector");
  }

  void Subquery(const promql::SubqueryExpr& subquery) {
    Child("expr", subquery.expr.get());
    Offset(subquery.shift);
    Integer("range", subquery.range_ms);
    DurationChild("rangeExpr", subquery.range_expr.get());
    StartOrEnd(subquery.shift);
    Integer("step", subquery.step_ms);
    DurationChild("stepExpr", subquery.step_expr.get());
    Timestamp(subquery.shift);
    Text("type", "subquery");
  }

  void Unary(const promql::UnaryExpr& unary) {
    Child("expr", unary.expr.get());
    Text("op", promql::BinaryOpName(unary.op));
    Text("type", "unaryExpr");
  }

  void Duration(const promql::DurationExpr& duration) {
    DurationChild("lhs", duration.lhs.get());
    Text("op", promql::DurationOpName(duration.op));
    DurationChild("rhs", duration.rhs.get());
    Text("type", "durationExpr");
    Boolean("wrapped", duration.wrapped);
  }

  // In a duration a number also says how it was written.
  void DurationChild(std::string_view key, const Expr* expr) {
    json_.Key(key);
    const auto* number = As<promql::NumberLiteral>(expr);
    if (number == nullptr) return Write(expr);
    json_.BeginObject();
    Boolean("duration", number->is_duration);
    WriteKind(*number);
    json_.EndObject();
  }

  void Matchers(const std::vector<tsdb::Matcher>& matchers) {
    constexpr std::string_view kOps[] = {"=", "!=", "=~", "!~"};
    json_.Key("matchers");
    json_.BeginArray();
    for (const tsdb::Matcher& m : matchers) {
      json_.BeginObject();
      Text("name", m.name());
      Text("type", kOps[static_cast<size_t>(m.op())]);
      Text("value", m.value());
      json_.EndObject();
    }
    json_.EndArray();
  }

  void Offset(const promql::TimeShift& shift) {
    Integer("offset", shift.offset_ms);
    DurationChild("offsetExpr", shift.offset_expr.get());
  }

  void At(const promql::TimeShift& shift) {
    StartOrEnd(shift);
    Timestamp(shift);
  }

  void StartOrEnd(const promql::TimeShift& shift) {
    using Kind = promql::AtModifier::Kind;
    if (shift.at.has_value() && shift.at->kind != Kind::kTime) {
      return Text("startOrEnd", shift.at->kind == Kind::kStart ? "start" : "end");
    }
    json_.Key("startOrEnd");
    json_.Null();
  }

  void Timestamp(const promql::TimeShift& shift) {
    json_.Key("timestamp");
    if (shift.at.has_value() && shift.at->kind == promql::AtModifier::Kind::kTime) {
      json_.Integer(shift.at->t);
    } else {
      json_.Null();
    }
  }

  void Child(std::string_view key, const Expr* expr) {
    json_.Key(key);
    Write(expr);
  }
  void Text(std::string_view key, std::string_view text) {
    json_.Key(key);
    json_.Text(text);
  }
  void Texts(std::string_view key, const std::vector<std::string>& texts) {
    json_.Key(key);
    json_.BeginArray();
    for (const std::string& text : texts) json_.Text(text);
    json_.EndArray();
  }
  void Boolean(std::string_view key, bool value) {
    json_.Key(key);
    json_.Boolean(value);
  }
  void Integer(std::string_view key, int64_t value) {
    json_.Key(key);
    json_.Integer(value);
  }

  JsonWriter& json_;
};

}  // namespace

void WriteExpr(JsonWriter& json, const Expr& expr) { ExprWriter(json).Write(&expr); }

}  // namespace tidemark::server

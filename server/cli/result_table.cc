#include "server/cli/result_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>

namespace tidemark::server {
namespace {

using Json = nlohmann::json;

// "name{a="1", b="2"}".
std::string SeriesName(const Json& metric) {
  std::string name;
  std::string labels;
  for (const auto& [key, value] : metric.items()) {
    if (key == "__name__") {
      name = value.get<std::string>();
    } else {
      labels += fmt::format("{}{}={}", labels.empty() ? "" : ", ", key, value.dump());
    }
  }
  if (labels.empty() && !name.empty()) return name;
  return fmt::format("{}{{{}}}", name, labels);
}

// 2026-01-31T12:00:00.000Z.
std::string TimeText(double seconds) {
  const int64_t ms = std::llround(seconds * 1000);
  const std::time_t whole = static_cast<std::time_t>(std::floor(static_cast<double>(ms) / 1000));
  std::tm utc = {};
  gmtime_r(&whole, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", utc.tm_year + 1900,
                     utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                     ms - static_cast<int64_t>(whole) * 1000);
}

std::string ValueText(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  return fmt::format("histogram count={} sum={}", value.at("count").get<std::string>(),
                     value.at("sum").get<std::string>());
}

// `sample` is [seconds, value].
void AddRow(const std::string& series, const Json& sample, ResultTable& table) {
  table.rows.push_back({series, TimeText(sample.at(0).get<double>()), ValueText(sample.at(1))});
}

void AddSeries(const Json& series, ResultTable& table) {
  const std::string name = SeriesName(series.at("metric"));
  for (const char* one : {"value", "histogram"}) {
    if (series.contains(one)) AddRow(name, series[one], table);
  }
  for (const char* many : {"values", "histograms"}) {
    if (!series.contains(many)) continue;
    for (const Json& sample : series[many]) AddRow(name, sample, table);
  }
}

void AddNotes(const Json& answer, const char* key, const char* kind, ResultTable& table) {
  if (!answer.contains(key)) return;
  for (const Json& note : answer[key]) {
    table.notes.push_back(fmt::format("{}: {}", kind, note.get<std::string>()));
  }
}

ResultTable ReadAnswer(const Json& answer) {
  ResultTable table;
  table.columns = {"SERIES", "TIME", "VALUE"};
  const Json& data = answer.at("data");
  const std::string type = data.at("resultType").get<std::string>();
  if (type == "scalar" || type == "string") {
    AddRow(type, data.at("result"), table);
  } else {
    for (const Json& series : data.at("result")) AddSeries(series, table);
  }
  AddNotes(answer, "warnings", "warning", table);
  AddNotes(answer, "infos", "info", table);
  return table;
}

// Characters, not bytes: labels are UTF-8.
size_t Width(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string PrintRow(const std::vector<std::string>& row, const std::vector<size_t>& widths) {
  std::string line;
  for (size_t i = 0; i < row.size(); ++i) {
    const std::string padding(widths[i] - Width(row[i]), ' ');
    const bool last = i + 1 == row.size();
    line += last ? padding + row[i] : row[i] + padding + "  ";
  }
  return line + "\n";
}

}  // namespace

StatusOr<ResultTable> TableOf(const Json& answer) {
  try {
    if (answer.at("status").get<std::string>() != "success") {
      return InvalidArgument(answer.at("error").get<std::string>());
    }
    return ReadAnswer(answer);
  } catch (const Json::exception& e) {
    return InvalidArgument(fmt::format("not an answer to a query: {}", e.what()));
  }
}

std::string PrintTable(const ResultTable& table) {
  std::vector<size_t> widths;
  for (const std::string& column : table.columns) widths.push_back(Width(column));
  for (const auto& row : table.rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Width(row[i]));
  }
  std::string out = PrintRow(table.columns, widths);
  for (const auto& row : table.rows) out += PrintRow(row, widths);
  return out;
}

}  // namespace tidemark::server

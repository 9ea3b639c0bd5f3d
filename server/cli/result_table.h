// ResultTable: an answer of the query API as rows for people.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tsdb/base/status.h"

namespace tidemark::server {

struct ResultTable {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> notes;  // "warning: …", "info: …"
};

// One row a sample: series, time, value; native histograms as count and sum.
//   kInvalidArgument  the answer is an error, whose text this is, or nothing
//                     that the query API says
StatusOr<ResultTable> TableOf(const nlohmann::json& answer);

// Columns aligned, two blanks between them; numbers to the right.
std::string PrintTable(const ResultTable& table);

}  // namespace tidemark::server

#include "server/cli/query.h"

#include <fmt/format.h>
#include <httplib.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "server/cli/result_table.h"
#include "tsdb/base/status.h"

namespace tidemark::server {
namespace {

constexpr int kTimeoutSeconds = 300;

struct QueryFlags {
  std::string expr;
  std::string url = "http://127.0.0.1:9201";
  std::string tenant;
  std::string time, start, end, step = "1m";
};

httplib::Params ParamsOf(const QueryFlags& flags) {
  httplib::Params params = {{"query", flags.expr}};
  if (!flags.time.empty()) params.emplace("time", flags.time);
  if (!flags.start.empty()) {
    params.emplace("start", flags.start);
    params.emplace("end", flags.end.empty() ? std::to_string(std::time(nullptr)) : flags.end);
    params.emplace("step", flags.step);
  }
  return params;
}

StatusOr<nlohmann::json> Ask(const QueryFlags& flags) {
  httplib::Client client(flags.url);
  if (!client.is_valid()) return InvalidArgument("not a URL: " + flags.url);
  client.set_read_timeout(kTimeoutSeconds);
  httplib::Headers headers;
  if (!flags.tenant.empty()) headers.emplace("X-Scope-OrgID", flags.tenant);
  const char* path = flags.start.empty() ? "/api/v1/query" : "/api/v1/query_range";
  const httplib::Result result = client.Post(path, headers, ParamsOf(flags));
  if (!result) {
    return Unavailable(
        fmt::format("cannot ask {}: {} failed", flags.url, httplib::to_string(result.error())));
  }
  nlohmann::json answer = nlohmann::json::parse(result->body, nullptr, /*allow_exceptions=*/false);
  if (!answer.is_object()) {
    return Unavailable(fmt::format("{} answered {}: {}", flags.url, result->status, result->body));
  }
  return answer;
}

int RunQuery(const QueryFlags& flags) {
  const StatusOr<nlohmann::json> answer = Ask(flags);
  StatusOr<ResultTable> table =
      answer.ok() ? TableOf(*answer) : StatusOr<ResultTable>(answer.status());
  if (!table.ok()) {
    const std::string message(MessageOf(table.status()));
    std::fprintf(stderr, "%s\n", message.c_str());
    return 1;
  }
  for (const std::string& note : table->notes) std::fprintf(stderr, "%s\n", note.c_str());
  std::fputs(PrintTable(*table).c_str(), stdout);
  return 0;
}

}  // namespace

void AddQueryCommand(CLI::App& app, int& exit_code) {
  const auto flags = std::make_shared<QueryFlags>();
  CLI::App* query = app.add_subcommand("query", "Asks a server, and prints a table");
  query->add_option("expr", flags->expr, "PromQL")->required();
  query->add_option("--url", flags->url, "Of the server")->capture_default_str();
  query->add_option("--tenant", flags->tenant, "X-Scope-OrgID to send");
  query->add_option("--time", flags->time, "When; without it: now");
  query->add_option("--start", flags->start, "First step of a range query")->excludes("--time");
  query->add_option("--end", flags->end, "Its last; without it: now")->needs("--start");
  query->add_option("--step", flags->step, "From one to the next")
      ->needs("--start")
      ->capture_default_str();
  query->callback([flags, &exit_code] { exit_code = RunQuery(*flags); });
}

}  // namespace tidemark::server

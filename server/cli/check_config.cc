#include "server/cli/check_config.h"

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "server/admission/budget_config.h"
#include "server/admission/label_schema.h"
#include "server/config/config.h"

namespace tidemark::server {
namespace {

struct CheckConfigFlags {
  std::string file;
  std::vector<std::string> assignments;
};

int CheckConfig(const CheckConfigFlags& flags) {
  const StatusOr<Config> config = LoadConfig(flags.file, flags.assignments);
  if (!config.ok()) {
    const std::string message(MessageOf(config.status()));
    std::fprintf(stderr, "%s\n", message.c_str());
    return 1;
  }
  if (!config->schema_file.empty()) {
    const Status schema = LabelSchema::Load(config->schema_file).status();
    if (!schema.ok()) {
      std::fprintf(stderr, "%s\n", std::string(MessageOf(schema)).c_str());
      return 1;
    }
  }
  if (!config->budgets_file.empty()) {
    const Status budgets = LoadBudgets(config->budgets_file).status();
    if (!budgets.ok()) {
      std::fprintf(stderr, "%s\n", std::string(MessageOf(budgets)).c_str());
      return 1;
    }
  }
  std::fputs(PrintConfig(*config).c_str(), stdout);
  return 0;
}

}  // namespace

void AddCheckConfigCommand(CLI::App& app, int& exit_code) {
  const auto flags = std::make_shared<CheckConfigFlags>();
  CLI::App* check =
      app.add_subcommand("check-config", "Checks a configuration and prints every setting");
  check->add_option("file", flags->file, "YAML file; none: the defaults");
  check->add_option("--set", flags->assignments, "Any setting; wins over the file")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false)
      ->take_all();
  check->callback([flags, &exit_code] { exit_code = CheckConfig(*flags); });
}

}  // namespace tidemark::server

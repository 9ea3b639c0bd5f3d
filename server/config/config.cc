#include "server/config/config.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <fstream>
#include <set>
#include <sstream>

#include "server/config/features.h"
#include "server/config/settings.h"

namespace tidemark::server {
namespace {

// Walks a YAML tree and sets what it finds; errors say where.
class Reader {
 public:
  Reader(std::string_view name, Config& config) : name_(name), config_(config) {}

  // An empty section, or one with everything commented out, sets nothing.
  Status ReadNode(const std::string& key, const YAML::Node& node) {
    if (node.IsMap()) return ReadMap(key, node);
    if (node.IsNull()) return OkStatus();
    if (key.empty()) return Wrong(node, "expected sections like \"server:\"");
    StatusOr<std::string> value = ValueOf(node);
    if (!value.ok()) return Wrong(node, fmt::format("{}: {}", key, MessageOf(value.status())));
    const StatusOr<const Setting*> setting = FindSetting(key);
    if (!setting.ok()) return Wrong(node, MessageOf(setting.status()));
    const Status set = (*setting)->set(config_, *value);
    return set.ok() ? set : Wrong(node, fmt::format("{}: {}", key, MessageOf(set)));
  }

 private:
  Status ReadMap(const std::string& prefix, const YAML::Node& map) {
    for (const auto& entry : map) {
      if (!entry.first.IsScalar()) return Wrong(entry.first, "a key must be a plain word");
      const std::string key = prefix + (prefix.empty() ? "" : ".") + entry.first.Scalar();
      if (!seen_.insert(key).second) return Wrong(entry.first, key + " is set twice");
      RETURN_IF_ERROR(ReadNode(key, entry.second));
    }
    return OkStatus();
  }

  // A list of scalars becomes their comma-separated text.
  static StatusOr<std::string> ValueOf(const YAML::Node& node) {
    if (node.IsScalar()) return node.Scalar();
    std::string joined;
    for (const YAML::Node& item : node) {
      if (!item.IsScalar()) return InvalidArgument("a list must hold plain words");
      joined += (joined.empty() ? "" : ",") + item.Scalar();
    }
    return joined;
  }

  Status Wrong(const YAML::Node& node, std::string_view what) const {
    return InvalidArgument(fmt::format("{}:{}: {}", name_, node.Mark().line + 1, what));
  }

  const std::string_view name_;
  Config& config_;
  std::set<std::string> seen_;
};

}  // namespace

Config::Config() { query.parser.duration_expressions = true; }

Status ApplyYaml(std::string_view text, std::string_view name, Config& config) {
  try {
    return Reader(name, config).ReadNode("", YAML::Load(std::string(text)));
  } catch (const YAML::Exception& e) {
    return InvalidArgument(fmt::format("{}:{}: {}", name, e.mark.line + 1, e.msg));
  }
}

Status ApplyAssignment(std::string_view assignment, Config& config) {
  const size_t eq = assignment.find('=');
  if (eq == std::string_view::npos) {
    return InvalidArgument(fmt::format("expected KEY=VALUE, got \"{}\"", assignment));
  }
  const std::string_view key = assignment.substr(0, eq);
  ASSIGN_OR_RETURN(const Setting* setting, FindSetting(key));
  const Status set = setting->set(config, assignment.substr(eq + 1));
  return set.ok() ? set : InvalidArgument(fmt::format("{}: {}", key, MessageOf(set)));
}

StatusOr<Config> LoadConfig(const std::string& file, const std::vector<std::string>& assignments) {
  Config config;
  if (!file.empty()) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    if (!in || !(text << in.rdbuf())) return NotFound(fmt::format("cannot read {}", file));
    RETURN_IF_ERROR(ApplyYaml(text.str(), file, config));
  }
  for (const std::string& assignment : assignments) {
    RETURN_IF_ERROR(ApplyAssignment(assignment, config));
  }
  return config;
}

std::string PrintConfig(const Config& config) {
  std::string out;
  for (const Setting& setting : Settings()) {
    out += fmt::format("{}: {}\n", setting.key, setting.print(config));
  }
  return out;
}

}  // namespace tidemark::server

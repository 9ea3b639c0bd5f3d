#include "server/http/router.h"

#include <algorithm>

#include "server/http/params.h"
#include "tsdb/base/check.h"

namespace tidemark::server {
namespace {

std::vector<std::string_view> SplitPath(std::string_view path) {
  std::vector<std::string_view> segments;
  while (true) {
    const size_t slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

constexpr std::string_view kPrefix = "/prometheus";

std::string_view WithoutPrefix(std::string_view path) {
  if (path == kPrefix) return "/";
  if (!path.starts_with(kPrefix) || path[kPrefix.size()] != '/') return path;
  return path.substr(kPrefix.size());
}

bool IsPlaceholder(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

bool Serves(const Route& route, std::string_view method) {
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  return std::find(route.methods.begin(), route.methods.end(), wanted) != route.methods.end();
}

std::string AllowedMethods(const std::vector<const Route*>& routes) {
  std::string allow;
  for (const Route* route : routes) {
    for (const std::string& method : route->methods) {
      allow += (allow.empty() ? "" : ", ") + method + (method == "GET" ? ", HEAD" : "");
    }
  }
  return allow;
}

// The names of a pattern's placeholders with what stood in their place.
std::map<std::string, std::string, std::less<>> NameArgs(std::string_view pattern,
                                                         std::vector<std::string> values) {
  std::map<std::string, std::string, std::less<>> args;
  size_t i = 0;
  for (const std::string_view segment : SplitPath(pattern)) {
    if (!IsPlaceholder(segment)) continue;
    args.emplace(segment.substr(1, segment.size() - 2), std::move(values[i++]));
  }
  return args;
}

}  // namespace

Router::Router(std::vector<Route> routes) : routes_(std::move(routes)) {
  for (const Route& route : routes_) Add(route);
}

void Router::Add(const Route& route) {
  Node* node = &root_;
  for (const std::string_view segment : SplitPath(route.pattern)) {
    std::unique_ptr<Node>& next =
        IsPlaceholder(segment) ? node->placeholder : node->literals[std::string(segment)];
    if (next == nullptr) next = std::make_unique<Node>();
    node = next.get();
  }
  for (const Route* other : node->routes) {
    for (const std::string& method : route.methods) {
      CHECK(!Serves(*other, method), "two routes for one method and path");
    }
  }
  node->routes.push_back(&route);
}

const Router::Node* Router::Walk(const Node& node, const std::vector<std::string>& segments,
                                 size_t i, std::vector<std::string>& args) {
  if (i == segments.size()) return node.routes.empty() ? nullptr : &node;
  if (const auto it = node.literals.find(segments[i]); it != node.literals.end()) {
    if (const Node* found = Walk(*it->second, segments, i + 1, args)) return found;
  }
  if (node.placeholder == nullptr || segments[i].empty()) return nullptr;
  args.push_back(segments[i]);
  const Node* found = Walk(*node.placeholder, segments, i + 1, args);
  if (found == nullptr) args.pop_back();
  return found;
}

RouteMatch Router::Find(std::string_view method, std::string_view path) const {
  std::vector<std::string> segments;
  for (const std::string_view segment : SplitPath(WithoutPrefix(path))) {
    StatusOr<std::string> decoded = Unescape(segment, false);
    if (!decoded.ok()) return {};
    segments.push_back(*std::move(decoded));
  }
  std::vector<std::string> values;
  const Node* node = Walk(root_, segments, 0, values);
  if (node == nullptr) return {};
  for (const Route* route : node->routes) {
    if (Serves(*route, method)) return {route, NameArgs(route->pattern, std::move(values)), ""};
  }
  return {nullptr, {}, AllowedMethods(node->routes)};
}

}  // namespace tidemark::server

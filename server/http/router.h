// Router: finds the route of a path, segment by segment.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/http.h"

namespace tidemark::server {

struct RouteMatch {
  const Route* route = nullptr;
  std::map<std::string, std::string, std::less<>> path_args;
  // Where the path exists but not the method: what it has, "GET, HEAD".
  std::string allow;
};

// Threads: const functions from any thread.
class Router {
 public:
  // Two routes for one method of one path are a bug.
  explicit Router(std::vector<Route> routes);

  // A path under /prometheus is found as if it were under /, for clients that
  // were set up for a server that has its API there.
  // `path` is as sent: an escaped slash does not divide segments, so that
  // "{name}" can hold any value.  A literal segment wins over a placeholder.
  RouteMatch Find(std::string_view method, std::string_view path) const;

  const std::vector<Route>& routes() const { return routes_; }

 private:
  struct Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
    std::unique_ptr<Node> placeholder;
    std::vector<const Route*> routes;  // that end here
  };

  void Add(const Route& route);

  static const Node* Walk(const Node& node, const std::vector<std::string>& segments, size_t i,
                          std::vector<std::string>& args);

  const std::vector<Route> routes_;
  Node root_;
};

}  // namespace tidemark::server

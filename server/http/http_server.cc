#include "server/http/http_server.h"

#include <fmt/format.h>

#include <array>

#include "server/http/carrier.h"
#include "server/http/front.h"
#include "server/http/http_metrics.h"
#include "server/http/worker_lane.h"

namespace tidemark::server {
namespace {

Status Validate(const HttpOptions& options) {
  const std::pair<std::string_view, size_t> positive[] = {
      {"backlog", options.backlog},
      {"max_connections", options.max_connections},
      {"max_head_bytes", options.max_head_bytes},
      {"max_buffered_bytes", options.max_buffered_bytes},
      {"control_workers", options.control_workers},
      {"write_workers", options.write_workers},
      {"query_workers", options.query_workers},
      {"max_queued", options.max_queued},
  };
  for (const auto& [name, value] : positive) {
    if (value == 0) return InvalidArgument(fmt::format("server.http.{} must not be 0", name));
  }
  return OkStatus();
}

class HttpServerImpl : public HttpServer {
 public:
  HttpServerImpl(const HttpOptions& options, std::vector<Route> routes, Metrics& metrics)
      : options_(options),
        router_(std::move(routes)),
        cors_(options.cors_origin),
        metrics_(metrics),
        front_(options_, router_, cors_, metrics_) {}
  ~HttpServerImpl() override { Stop(); }

  Status Listen() {
    RETURN_IF_ERROR(cors_.Validate());
    ASSIGN_OR_RETURN(Listener listener,
                     Listener::Open(options_.host, options_.port, options_.backlog));
    port_ = listener.port();
    lanes_ = {MakeLane("control", options_.control_workers),
              MakeLane("write", options_.write_workers), MakeLane("query", options_.query_workers)};
    return front_.Start(std::move(listener), {lanes_[0].get(), lanes_[1].get(), lanes_[2].get()});
  }

  int port() const override { return port_; }

  // The front first: it waits for what the lanes still work on.
  void Stop() override {
    front_.Stop();
    for (const auto& lane : lanes_) {
      if (lane != nullptr) lane->Stop();
    }
  }

 private:
  std::unique_ptr<WorkerLane> MakeLane(std::string_view name, size_t workers) {
    return std::make_unique<WorkerLane>(
        workers, options_.max_queued, [this] { return MakeWork(); }, metrics_.AddLane(name));
  }

  WorkerLane::Work MakeWork() {
    auto carrier = std::make_shared<Carrier>(options_, cors_, metrics_);
    return [this, carrier](Connection& connection) {
      carrier->Answer(*connection.exchange, connection.socket);
      front_.Return(connection);
    };
  }

  const HttpOptions options_;
  const Router router_;
  const Cors cors_;
  HttpMetrics metrics_;
  Front front_;
  std::array<std::unique_ptr<WorkerLane>, 3> lanes_;
  int port_ = 0;
};

}  // namespace

StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(const HttpOptions& options,
                                                        std::vector<Route> routes,
                                                        Metrics& metrics) {
  RETURN_IF_ERROR(Validate(options));
  auto server = std::make_unique<HttpServerImpl>(options, std::move(routes), metrics);
  RETURN_IF_ERROR(server->Listen());
  return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace tidemark::server

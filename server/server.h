// Server: the whole of `tidemark serve` within a process.
//
//   ASSIGN_OR_RETURN(Config config, LoadConfig("tidemark.yml", {}));
//   ASSIGN_OR_RETURN(auto server, Server::Start(config));
//   RETURN_IF_ERROR(server->AwaitReady());
//   …
//   server->Stop();
//
// It answers HTTP before the storage is open, so that an orchestrator can tell
// a long replay of the journal from a dead process: until then /-/healthy is
// 200, /-/ready and everything that needs the storage 503.
#pragma once

#include <functional>
#include <memory>

#include "server/config/config.h"
#include "tsdb/base/metrics.h"
#include "tsdb/base/status.h"
#include "tsdb/storage.h"

namespace tidemark::server {

// Threads: all functions may be called from any thread, Stop once.
class Server {
 public:
  // Listens, and begins to open the storage.
  //   kInvalidArgument  the address does not resolve, or settings contradict
  //   kUnavailable      the address cannot be had
  static StatusOr<std::unique_ptr<Server>> Start(const Config& config);
  // The same with a storage of the caller's making; `open` is called once, on a
  // thread of its own.
  using StorageOpener =
      std::function<StatusOr<std::unique_ptr<tsdb::Storage>>(Metrics&, const Progress&)>;
  static StatusOr<std::unique_ptr<Server>> Start(const Config& config, StorageOpener open);
  virtual ~Server() = default;  // as Stop

  virtual int port() const = 0;

  // Waits until the storage is open: OK, or what Storage::Open says.
  virtual Status AwaitReady() const = 0;

  // Finishes running requests within server.http.drain_timeout, then closes the
  // storage; waits for it to open first when it has not.
  //   what Storage::Close says
  virtual Status Stop() = 0;
};

}  // namespace tidemark::server

#include "server/cli/serve.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "server/cli/stop_signals.h"
#include "server/config/config.h"
#include "server/config/values.h"
#include "server/server.h"
#include "server/version.h"
#include "tsdb/base/log.h"
#include "tsdb/base/mutex.h"

namespace tidemark::server {
namespace {

struct ServeFlags {
  std::string config;
  std::string listen;
  std::string data;
  std::vector<std::string> assignments;
};

// --listen and --data are short for settings, and win over --set as over the file.
StatusOr<Config> ConfigOf(const ServeFlags& flags) {
  std::vector<std::string> assignments = flags.assignments;
  if (!flags.listen.empty()) assignments.push_back("server.listen=" + flags.listen);
  if (!flags.data.empty()) assignments.push_back("storage.path=" + flags.data);
  return LoadConfig(flags.config, assignments);
}

// Each connection and each file of the database is a descriptor; the usual soft
// limit of 1024 is there for programs that call select().
void RaiseOpenFilesLimit() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// Says when the server is ready; when it cannot be, ends the wait for a signal.
class ReadinessReporter {
 public:
  ReadinessReporter(const Server& server, const StopSignals& signals)
      : thread_([this, &server, &signals] { Run(server, signals); }) {}
  ~ReadinessReporter() { Join().IgnoreError(); }

  // From now on a failure ends no wait: the process is stopping already.
  void Quiet() {
    MutexLock lock(mutex_);
    quiet_ = true;
  }

  // Why the server could not become ready, or OK.  Waits until that is known.
  Status Join() {
    Quiet();
    if (thread_.joinable()) thread_.join();
    return result_;
  }

 private:
  void Run(const Server& server, const StopSignals& signals) {
    result_ = server.AwaitReady();
    if (result_.ok()) {
      Log(LogLevel::kInfo, "ready: takes reads and writes");
    } else {
      MutexLock lock(mutex_);
      if (!quiet_) signals.Stop();
    }
  }

  Status result_;  // the thread's until it is joined
  Mutex mutex_;
  bool quiet_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

Status ServeUntilSignal(const Config& config) {
  std::optional<StopSignals> signals(std::in_place);
  ASSIGN_OR_RETURN(const std::unique_ptr<Server> server, Server::Start(config));
  Log(LogLevel::kInfo, "serving; opening the storage",
      {{"version", Version()},
       {"revision", Revision()},
       {"url", fmt::format("http://{}/", PrintHostPort({config.http.host, server->port()}))},
       {"data", config.storage.path}});
  ReadinessReporter reporter(*server, *signals);
  const int signal = signals->Wait();
  reporter.Quiet();
  Log(LogLevel::kInfo, "stopping; a second signal ends the process at once", {{"signal", signal}});
  signals.reset();
  const Status stopped = server->Stop();
  const Status opened = reporter.Join();
  // Told to stop before it was ready: no failure.
  if (!opened.ok() && opened.code() != StatusCode::kCancelled) return opened;
  return stopped;
}

Status Serve(const ServeFlags& flags) {
  ASSIGN_OR_RETURN(const Config config, ConfigOf(flags));
  RaiseOpenFilesLimit();
  RETURN_IF_ERROR(ServeUntilSignal(config));
  Log(LogLevel::kInfo, "stopped");
  return OkStatus();
}

}  // namespace

void AddServeCommand(CLI::App& app, int& exit_code) {
  const auto flags = std::make_shared<ServeFlags>();
  CLI::App* serve = app.add_subcommand("serve", "Takes remote writes and answers queries");
  serve->add_option("--config", flags->config, "YAML file; see config.example.yml")
      ->type_name("FILE");
  serve->add_option("--listen", flags->listen, "Where to serve HTTP; short for server.listen")
      ->type_name("HOST:PORT");
  serve->add_option("--data", flags->data, "Folder of the database; short for storage.path")
      ->type_name("DIR");
  serve->add_option("--set", flags->assignments, "Any setting; wins over the file")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false)
      ->take_all();
  serve->callback([flags, &exit_code] {
    const Status status = Serve(*flags);
    if (!status.ok()) Log(LogLevel::kError, MessageOf(status));
    exit_code = status.ok() ? 0 : 1;
  });
}

}  // namespace tidemark::server

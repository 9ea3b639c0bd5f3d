#include "server/server.h"

#include <utility>
#include <vector>

#include "promql/engine.h"
#include "server/admission/budget.h"
#include "server/admission/ledger.h"
#include "server/admission/rejections_route.h"
#include "server/admission/schema_policy.h"
#include "server/admission/schema_routes.h"
#include "server/aggregate/folds.h"
#include "server/api/api.h"
#include "server/cardinality/cardinality_routes.h"
#include "server/cardinality/overview.h"
#include "server/delete_routes.h"
#include "server/federate/federate.h"
#include "server/http/http_server.h"
#include "server/ingest/ingest.h"
#include "server/otlp/otlp.h"
#include "server/own_metrics/own_metrics.h"
#include "server/process_info.h"
#include "server/process_routes.h"
#include "server/quality/quality_route.h"
#include "server/remote_read/remote_read.h"
#include "server/snapshot_route.h"
#include "server/storage_slot.h"
#include "server/tenancy.h"
#include "tsdb/base/log.h"

namespace tidemark::server {
namespace {

// Members are in the order of who outlives whom: the registry holds callbacks
// into the storage, routes hold references to all of them.
class ServerImpl : public Server {
 public:
  // `budget` may be null.
  ServerImpl(const Config& config, std::shared_ptr<Budget> budget, StorageOpener open)
      : config_(config), budget_(std::move(budget)), open_(std::move(open)), engine_(config.query) {
    AddProcessMetrics(metrics_);
    if (budget_ != nullptr) budget_->AddMetrics(metrics_);
    metrics_.AddGauge("tidemark_ready", "1 once the storage is open and takes reads and writes.",
                      [this] { return slot_.get() != nullptr ? 1 : 0; });
  }
  ~ServerImpl() override { Stop().IgnoreError(); }

  // The storage is not touched when the address cannot be had.
  Status Listen() {
    RETURN_IF_ERROR(LoadSchema());
    ASSIGN_OR_RETURN(http_, HttpServer::Start(config_.http, AllRoutes(), metrics_));
    slot_.Open([this](const Progress& progress) { return open_(metrics_, progress); });
    folds_->Start([this] { return slot_.get(); });
    return OkStatus();
  }

  int port() const override { return http_->port(); }

  Status AwaitReady() const override { return slot_.Await(); }

  Status Stop() override {
    if (http_ != nullptr) http_->Stop();
    folds_->Stop();
    return slot_.Close();
  }

 private:
  Status LoadSchema() {
    if (config_.schema_file.empty()) return OkStatus();
    ASSIGN_OR_RETURN(LabelSchema schema, LabelSchema::Load(config_.schema_file));
    Log(LogLevel::kInfo, "the label schema is in force",
        {{"file", config_.schema_file}, {"version", schema.version()}, {"rules", schema.rules()}});
    policies_.push_back(std::make_shared<SchemaPolicy>(std::move(schema)));
    return OkStatus();
  }

  std::vector<Route> AllRoutes() {
    const StorageSource storage = [this] { return slot_.get(); };
    const TenantSource tenant = config_.tenancy ? TenantSource(TenantOf) : DefaultTenant;
    ApiOptions api;
    api.tenant = tenant;
    api.process = ProcessInfoOf(config_, Clock::System().NowMs());
    std::vector<Route> routes = WriteRoutes(tenant, storage);
    for (auto more : {ReadRoutes(tenant, storage), ApiRoutes(api, engine_, storage),
                      ProcessRoutes(storage), DeleteRoutes(config_.admin_api, tenant, storage)}) {
      routes.insert(routes.end(), more.begin(), more.end());
    }
    routes.push_back(RejectionsRoute(config_.admin_api, tenant, ledger_));
    routes.push_back(SchemaRoute(config_.admin_api, tenant, storage));
    routes.push_back(IndexRoute(routes));
    return routes;
  }

  std::vector<Route> WriteRoutes(const TenantSource& tenant, const StorageSource& storage) {
    IntakeOptions limits;
    limits.max_future_ms = config_.ingest.max_future_ms;
    limits.conflicts = config_.storage.conflicts;
    limits.policies = policies_;
    limits.ledger = ledger_;
    limits.folds = folds_;
    if (budget_ != nullptr) {
      limits.overflow = [budget = budget_](std::string_view of) { return budget->Overflow(of); };
    }
    const auto intake = std::make_shared<Intake>(limits, metrics_);

    IngestOptions ingest;
    ingest.max_decoded_bytes = config_.ingest.max_decoded_bytes;
    ingest.tenant = tenant;
    if (config_.ha.enabled) {
      ingest.pairs = std::make_shared<HaPairs>(config_.ha, intake, metrics_);
    }
    std::vector<Route> routes = IngestRoutes(ingest, storage, intake);

    OtlpOptions otlp;
    otlp.translation = config_.otlp;
    otlp.translation.lookback_ms = config_.query.lookback_delta_ms;
    otlp.max_decoded_bytes = config_.ingest.max_decoded_bytes;
    otlp.tenant = tenant;
    for (Route& route : OtlpRoutes(otlp, storage, intake)) routes.push_back(std::move(route));
    return routes;
  }

  // Ways out beside the HTTP API.
  std::vector<Route> ReadRoutes(const TenantSource& tenant, const StorageSource& storage) {
    RemoteReadOptions read;
    read.max_samples = config_.query.max_samples;
    read.max_series = config_.query.max_series;
    read.timeout_ms = config_.query.timeout_ms;
    read.tenant = tenant;
    std::vector<Route> routes = RemoteReadRoutes(read, storage);

    FederateOptions federate;
    federate.lookback_ms = config_.query.lookback_delta_ms;
    federate.max_series = config_.query.max_series;
    federate.timeout_ms = config_.query.timeout_ms;
    federate.tenant = tenant;
    routes.push_back(FederateRoute(federate, storage));

    CardinalityOptions cardinality;
    cardinality.tenant = tenant;
    cardinality.active_ms = config_.storage.series_idle_ms;
    cardinality.max_series = config_.query.max_series;
    for (Route& route : CardinalityRoutes(cardinality, storage)) {
      routes.push_back(std::move(route));
    }
    routes.push_back(OverviewRoute(tenant, storage, budget_));
    QualityOptions quality;
    quality.tenant = tenant;
    routes.push_back(QualityRoute(quality, storage));
    return routes;
  }

  std::vector<Route> ProcessRoutes(const StorageSource& storage) {
    std::vector<Route> routes = HealthRoutes([this] { return slot_.state(); });
    routes.push_back(OwnMetricsRoute(metrics_));
    routes.push_back(FlushRoute(config_.admin_api, storage));
    routes.push_back(SnapshotRoute(config_.admin_api, storage));
    return routes;
  }

  const Config config_;
  const std::shared_ptr<Budget> budget_;
  const StorageOpener open_;
  Metrics metrics_;
  const promql::Engine engine_;
  SeriesPolicies policies_;
  const std::shared_ptr<Ledger> ledger_ = std::make_shared<Ledger>();
  const std::shared_ptr<Folds> folds_ = std::make_shared<Folds>(config_.aggregate, metrics_);
  StorageSlot slot_;
  std::unique_ptr<HttpServer> http_;
};

StatusOr<std::unique_ptr<Server>> StartWith(const Config& config, std::shared_ptr<Budget> budget,
                                            Server::StorageOpener open) {
  auto server = std::make_unique<ServerImpl>(config, std::move(budget), std::move(open));
  RETURN_IF_ERROR(server->Listen());
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace

StatusOr<std::unique_ptr<Server>> Server::Start(const Config& config) {
  tsdb::StorageOptions options = config.storage;
  std::shared_ptr<Budget> budget;
  if (!config.budgets_file.empty()) {
    ASSIGN_OR_RETURN(BudgetConfig limits, LoadBudgets(config.budgets_file));
    budget = std::make_shared<Budget>(std::move(limits));
    options.series_gate = budget;
  }
  return StartWith(config, budget, [options](Metrics& metrics, const Progress& progress) mutable {
    options.opening = progress;
    return tsdb::Storage::Open(options, metrics);
  });
}

StatusOr<std::unique_ptr<Server>> Server::Start(const Config& config, StorageOpener open) {
  return StartWith(config, nullptr, std::move(open));
}

}  // namespace tidemark::server

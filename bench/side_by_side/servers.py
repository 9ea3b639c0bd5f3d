"""The servers that are compared: how each is started, and what it calls ready."""

import os
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "e2e"))

import harness  # noqa: E402
import process_stats  # noqa: E402


class BenchServer(harness.HttpProcess):
    caches = ()  # folders that are not data
    ready_path = "/-/ready"

    def __init__(self, folder, dataset):
        self.folder = folder
        self.data = os.path.join(folder, "data")
        os.makedirs(self.data, exist_ok=True)
        port = harness.free_port()
        super().__init__("server", folder, [self.program(), *self.options(dataset, port)], port)

    def program(self):
        raise NotImplementedError

    def options(self, dataset, port):
        raise NotImplementedError

    def flush(self):
        """Finishes all work that a server would do later, if it can be told to."""

    @property
    def pid(self):
        return self.process.pid

    def ready(self):
        try:
            return self.request(self.ready_path, timeout=10).status == 200
        except OSError:
            if not self.running():
                raise RuntimeError(f"{self.name} ended early:\n{self.log()[-2000:]}") from None
            return False

    def start_and_wait(self, limit=900):
        """Seconds from its start until it says that it is ready."""
        begin = time.monotonic()
        self.start()
        while not self.ready():
            if time.monotonic() - begin > limit:
                raise RuntimeError(f"not ready after {limit} s")
            time.sleep(0.01)
        return time.monotonic() - begin

    def snapshot(self):
        return process_stats.snapshot(self.pid, self.data, self.caches)

    def settle(self, limit):
        """Flushes, then waits until it has used little CPU for 3 seconds: at least
        8 (some flush by a timer), at most `limit`."""
        self.flush()
        begin, before, quiet = time.monotonic(), process_stats.cpu_seconds(self.pid), 0
        while time.monotonic() - begin < limit and (quiet < 6 or time.monotonic() - begin < 8):
            time.sleep(0.5)
            now = process_stats.cpu_seconds(self.pid)
            quiet = quiet + 1 if now - before < 0.021 else 0
            before = now


class Tidemark(BenchServer):
    title = "Tidemark"

    def program(self):
        return os.environ.get("TIDEMARK", os.path.join(ROOT, "build/release/tidemark"))

    def options(self, dataset, port):
        settings = {"storage.retention.raw": 0, "query.max_samples": 500_000_000,
                    "query.max_series": 1_000_000, "server.admin_api": "true"}
        return ["serve", "--listen", f"127.0.0.1:{port}", "--data", self.data,
                *(word for key, value in settings.items() for word in ("--set", f"{key}={value}"))]

    def flush(self):
        reply = self.request("/api/v1/admin/tsdb/flush", data=b"", timeout=1800)
        if reply.status // 100 != 2:
            raise RuntimeError(f"flush: {reply.status} {reply.text[:300]}")


class Peer(BenchServer):
    package = ""

    def program(self):
        command = [os.path.join(ROOT, "tools/fetch-peer"), self.package]
        path = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        return os.path.join(ROOT, path.strip())


class Prometheus(Peer):
    title = "Prometheus"
    package = "prometheus"

    def options(self, dataset, port):
        config = os.path.join(self.folder, "prometheus.yml")
        late = "storage: {tsdb: {out_of_order_time_window: 30m}}\n" if dataset.late else ""
        with open(config, "w", encoding="utf-8") as file:
            file.write("global: {scrape_interval: 15s}\n" + late)
        return [f"--config.file={config}", f"--storage.tsdb.path={self.data}",
                f"--web.listen-address=127.0.0.1:{port}", "--web.enable-remote-write-receiver",
                "--enable-feature=native-histograms", "--storage.tsdb.retention.time=100y",
                "--query.max-samples=500000000", "--log.level=warn"]


class VictoriaMetrics(Peer):
    title = "VictoriaMetrics"
    package = "victoria-metrics"
    ready_path = "/health"
    caches = ("cache",)

    def options(self, dataset, port):
        duplicates = ["-dedup.minScrapeInterval=1ms"] if dataset.duplicates else []
        return [f"-httpListenAddr=127.0.0.1:{port}", f"-storageDataPath={self.data}",
                "-retentionPeriod=100y", "-search.latencyOffset=0s",
                "-search.maxQueryDuration=120s", "-search.maxSeries=1000000",
                "-search.maxUniqueTimeseries=1000000", "-loggerLevel=WARN", *duplicates]


BY_NAME = {"tidemark": Tidemark, "prometheus": Prometheus, "victoria-metrics": VictoriaMetrics}

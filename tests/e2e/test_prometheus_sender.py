"""A real Prometheus scrapes the demo gateway and remote-writes to Tidemark:
everything it has scraped is there, and both answer PromQL alike."""

import math
import os
import time
import unittest

import harness

SCRAPES = 25

# PromQL whose meaning did not change between Prometheus 2.42 and 3.14.
SAME_MEANING = [
    "up",
    "card_auth_requests_total",
    'card_auth_requests_total{region="eu-west",status_code_family!="5xx"}',
    'card_auth_requests_total{endpoint=~"/v1/(authorise|capture)",client_tier!~"s.*"}',
    "card_auth_requests_total offset 5s",
    "card_auth_in_flight_requests",
    "rate(card_auth_requests_total[10s])",
    "increase(card_auth_requests_total[15s])",
    "delta(card_auth_in_flight_requests[10s])",
    "sum(rate(card_auth_requests_total[10s]))",
    "sum by (region) (rate(card_auth_requests_total[10s]))",
    "sum without (region, instance) (rate(card_auth_requests_total[10s]))",
    "avg by (endpoint, client_tier) (card_auth_requests_total)",
    "min(card_auth_requests_total)",
    "max by (region) (card_auth_in_flight_requests)",
    "count by (status_code_family) (card_auth_requests_total)",
    "histogram_quantile(0.95, sum by (le, handler) "
    "(rate(prometheus_http_request_duration_seconds_bucket[15s])))",
    "histogram_quantile(0.5, prometheus_http_request_duration_seconds_bucket)",
    'sum by (region) (rate(card_auth_requests_total{status_code_family="5xx"}[10s]))'
    " / sum by (region) (rate(card_auth_requests_total[10s]))",
    "card_auth_requests_total > 5",
    "card_auth_requests_total > bool 5",
    "-card_auth_in_flight_requests * 2 + 1",
    "card_auth_in_flight_requests / on (region) group_left sum by (region) "
    "(card_auth_in_flight_requests)",
    'card_auth_requests_total and on (region) card_auth_in_flight_requests{region="us-east"}',
    "up or card_auth_in_flight_requests",
    'card_auth_requests_total unless card_auth_requests_total{client_tier="starter"}',
    "2 ^ 3 % 5",
    "histogram_count(card_auth_latency_seconds)",
    "histogram_sum(sum by (region) (card_auth_latency_seconds))",
]


def by_labels(result):
    return {tuple(sorted(series["metric"].items())): series for series in result}


def histogram_key(histogram):
    buckets = [(rule, float(low), float(high), float(count))
               for rule, low, high, count in histogram.get("buckets", [])]
    return float(histogram["count"]), float(histogram["sum"]), tuple(buckets)


class PrometheusSenderTest(harness.EndToEndTest):

    def setUp(self):
        super().setUp()
        if not os.path.exists(harness.PROMETHEUS):
            self.fail("no Prometheus at " + harness.PROMETHEUS + "; run tools/fetch-prometheus")
        self.server = self.tidemark().start()
        gateway_port, prometheus_port = harness.free_port(), harness.free_port()
        self.run_process(harness.HttpProcess(
            "gateway", self.folder,
            [harness.TIDEMARK, "demo", "--listen", f"127.0.0.1:{gateway_port}"], gateway_port))
        config = os.path.join(self.folder, "prometheus.yml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(f"""
global: {{ scrape_interval: 1s }}
scrape_configs:
  - job_name: gateway
    static_configs: [{{ targets: ["127.0.0.1:{gateway_port}"] }}]
  - job_name: prometheus
    static_configs: [{{ targets: ["127.0.0.1:{prometheus_port}"] }}]
remote_write:
  - url: {self.server.wait_ready().url}/api/v1/write
    send_native_histograms: true
    queue_config: {{ batch_send_deadline: 200ms }}
""")
        self.prometheus = self.run_process(harness.HttpProcess(
            "prometheus", self.folder,
            [harness.PROMETHEUS, f"--config.file={config}", "--log.level=warn",
             f"--storage.tsdb.path={self.folder}/prometheus",
             f"--web.listen-address=127.0.0.1:{prometheus_port}",
             "--enable-feature=native-histograms"], prometheus_port)).wait_ready()

    def scraped_until(self):
        """Waits for SCRAPES scrapes and until all of them have arrived; returns a
        time in seconds before which nothing is missing on either side."""
        count = 'count_over_time(up{job="gateway"}[1h])'

        def scraped():
            result = self.prometheus.query(count)
            return bool(result) and float(result[0]["value"][1]) >= SCRAPES

        harness.wait_until(scraped, f"{SCRAPES} scrapes", 90)
        until = round(time.time(), 3)

        def sent():
            return len(self.server.query(f"timestamp(up) > {until}")) == 2

        harness.wait_until(sent, "all samples sent", 30)
        return until

    def test_everything_arrives_and_promql_agrees(self):
        until = self.scraped_until()
        self.check_samples(until)
        self.check_promql(until)

    def check_samples(self, until):
        expr = '{__name__=~".+"}[1h]'
        want = by_labels(self.prometheus.query(expr, at=until))
        got = by_labels(self.server.query(expr, at=until))
        self.assertEqual(sorted(want), sorted(got))
        self.assertGreater(len(want), 300)
        for labels, series in want.items():
            self.assert_same_samples(labels, series, got[labels])
        # A quiet combination of labels may not have seen a request yet; most have.
        filled = [labels for labels, series in got.items()
                  if any(h.get("buckets") for _, h in series.get("histograms", []))]
        self.assertGreater(len(filled), 20)

    def assert_same_samples(self, labels, want, got):
        self.assertEqual(want.get("values", []), got.get("values", []), labels)
        histograms = [(t, histogram_key(h)) for t, h in want.get("histograms", [])]
        self.assertEqual(histograms,
                         [(t, histogram_key(h)) for t, h in got.get("histograms", [])], labels)
        if dict(labels)["__name__"] == "card_auth_latency_seconds":
            self.assertGreaterEqual(len(histograms), SCRAPES - 2)

    def check_promql(self, until):
        # Evaluated off the millisecond grid of the scrapes: 2.42 counts a sample
        # at the very left of a window, 3.x does not.
        for expr in SAME_MEANING:
            with self.subTest(expr=expr):
                self.assert_same_answer(self.prometheus.query(expr, at=until),
                                        self.server.query(expr, at=until))
                window = (until - 10, until, 1.5)
                self.assert_same_answer(self.prometheus.query_range(expr, *window),
                                        self.server.query_range(expr, *window))

    def assert_same_answer(self, want, got):
        if want and not isinstance(want[0], dict):  # a scalar
            return self.assertEqual(want, got)
        want, got = by_labels(want), by_labels(got)
        self.assertEqual(sorted(want), sorted(got))
        for labels, series in want.items():
            self.assert_close(labels, points(series), points(got[labels]))

    def assert_close(self, labels, want, got):
        self.assertEqual([t for t, _ in want], [t for t, _ in got], labels)
        for (t, a), (_, b) in zip(want, got):
            same = math.isclose(a, b, rel_tol=1e-9) or (math.isnan(a) and math.isnan(b))
            self.assertTrue(same, f"{labels} at {t}: Prometheus {a}, Tidemark {b}")


def points(series):
    values = [series["value"]] if "value" in series else series.get("values", [])
    return [(t, float(v)) for t, v in values]


if __name__ == "__main__":
    unittest.main()

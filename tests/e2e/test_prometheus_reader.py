"""A real Prometheus that has Tidemark for its remote storage, and nothing of its
own, answers PromQL as Tidemark itself does."""

import math
import os
import random
import struct
import time
import unittest

import harness
import remote_write_v2

STEP = 15_000
END = int(time.time()) // 60 * 60_000 - 60_000
START = END - 2 * 3_600_000

STALE = struct.unpack("<d", struct.pack("<Q", 0x7FF0000000000002))[0]

# Of floats: 2.42 passes over the histograms of an answer (compat/remote_read has
# those, with the code of a later Prometheus).
QUERIES = [
    "requests_total",
    "requests_total{job='a'} offset 10m",
    "sum by (job) (rate(requests_total[5m]))",
    "increase(requests_total[20m])",
    "max_over_time(temperature[30m]) - min_over_time(temperature[30m])",
    "topk(2, temperature)",
    "avg(temperature) without (n)",
    "absent(nothing)",
    "ended",
    "sum_over_time(sparse[2h])",
]


class PrometheusReaderTest(harness.EndToEndTest):

    def setUp(self):
        super().setUp()
        if not os.path.exists(harness.PROMETHEUS):
            self.fail("no Prometheus at " + harness.PROMETHEUS + "; run tools/fetch-prometheus")
        self.server = self.tidemark().start().wait_ready()
        self.fill(random.Random(11))
        port = harness.free_port()
        config = os.path.join(self.folder, "prometheus.yml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(f"remote_read: [{{ url: '{self.server.url}/api/v1/read', "
                       "read_recent: true }]\n")
        self.prometheus = self.run_process(harness.HttpProcess(
            "prometheus", self.folder,
            [harness.PROMETHEUS, f"--config.file={config}", "--log.level=warn",
             f"--storage.tsdb.path={self.folder}/prometheus",
             f"--web.listen-address=127.0.0.1:{port}",
             "--enable-feature=native-histograms"], port)).wait_ready()

    def fill(self, rng):
        times = range(START, END, STEP)
        request = remote_write_v2.Request()
        for job in "ab":
            total, samples = 0, []
            for t in times:
                total = 0 if rng.random() < 0.01 else total + rng.randrange(9)
                samples.append((t, total, 0))
            request.series({"__name__": "requests_total", "job": job}, samples)
        for n in range(4):
            request.series({"__name__": "temperature", "n": str(n)},
                           [(t, 20 + rng.gauss(0, 3), 0) for t in times])
        request.series({"__name__": "sparse"}, [(t, 1, 0) for t in times if rng.random() < 0.1])
        ended = [(t, 1, 0) for t in times if t < END - 120_000]
        request.series({"__name__": "ended"}, ended + [(END - 120_000, STALE, 0)])
        reply, _ = request.send(self.server)
        self.assertEqual(reply.status, 204, reply.text)

    def test_it_answers_like_tidemark(self):
        end = END / 1000 - 7.3  # off the grid: 2.42 counts a sample at a window's very left
        for expr in QUERIES:
            with self.subTest(expr=expr):
                self.same(self.server.query(expr, at=end), self.prometheus.query(expr, at=end))
                window = (end - 3600, end, 61.7)
                self.same(self.server.query_range(expr, *window),
                          self.prometheus.query_range(expr, *window))

    def test_series(self):
        path = f"/api/v1/series?match[]=requests_total&start={START / 1000}&end={END / 1000}"
        want = self.server.request(path).json["data"]
        self.assertEqual(len(want), 2)
        self.assertEqual(want, self.prometheus.request(path).json["data"])

    def same(self, want, got):
        want, got = keyed(want), keyed(got)
        self.assertEqual(sorted(want), sorted(got))
        for labels, points in want.items():
            self.assertEqual([t for t, _ in points], [t for t, _ in got[labels]], labels)
            for (t, a), (_, b) in zip(points, got[labels]):
                self.assertTrue(math.isclose(a, b, rel_tol=1e-9),
                                f"{labels} at {t}: Tidemark {a}, Prometheus {b}")


def keyed(result):
    """Times and numbers of each series."""
    out = {}
    for series in result:
        points = series.get("values", []) + ([series["value"]] if "value" in series else [])
        out[tuple(sorted(series["metric"].items()))] = [(t, float(v)) for t, v in points]
    return out


if __name__ == "__main__":
    unittest.main()

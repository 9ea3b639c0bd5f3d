"""Answers from the aggregates of hours and days are those from samples: after late
data, deletes and restarts, too."""

import math
import random
import time
import urllib.parse

import harness
import remote_write
import remote_write_v2

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
DAYS = 4
RELATIVE = 1e-9

FLOATS = ("rate", "increase", "delta", "resets", "changes", "count_over_time", "sum_over_time",
          "avg_over_time", "min_over_time", "max_over_time", "stddev_over_time",
          "stdvar_over_time", "last_over_time", "first_over_time", "present_over_time",
          "absent_over_time", "ts_of_max_over_time", "ts_of_min_over_time",
          "quantile_over_time", "deriv", "irate")
HISTOGRAMS = ("rate", "increase", "delta", "resets", "changes", "count_over_time",
              "sum_over_time", "avg_over_time", "last_over_time")
WINDOWS = ("50m", "1h", "5h", "1d", "2d3h")
STEPS = ((HOUR, 0), (DAY // 2, 0), (7 * HOUR + 13, 12_345))


def call(function, selector):
    if function == "quantile_over_time":
        return f"quantile_over_time(0.9, {selector})"
    return f"{function}({selector})"


def same(a, b):
    """Whether two JSON values differ by no more than rounding in their numbers."""
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(same, a, b))
    if a == b:
        return True
    try:
        x, y = float(a), float(b)
    except (TypeError, ValueError):
        return False
    return (math.isnan(x) and math.isnan(y)) or math.isclose(x, y, rel_tol=RELATIVE, abs_tol=1e-6)


def difference(samples, tiers):
    """The first points that are not the same, for people."""
    for a, b in zip(samples["data"]["result"], tiers["data"]["result"]):
        for kind in ("values", "histograms"):
            for x, y in zip(a.get(kind, ()), b.get(kind, ())):
                if not same(x, y):
                    return f"{a['metric']}: {x} of samples, {y} of aggregates"
    return f"{len(samples['data']['result'])} series, {len(tiers['data']['result'])}"


class TiersTest(harness.EndToEndTest):

    def setUp(self):
        super().setUp()
        self.options = ("--set", "storage.retention.raw=0", "--set", "server.admin_api=true",
                        "--set", "features=promql-experimental-functions")
        self.port = harness.free_port()
        self.base = int(time.time() * 1000) // DAY * DAY - (DAYS + 1) * DAY
        self.random = random.Random(5)

    def start(self):
        server = self.tidemark(*self.options, port=self.port)
        server.start()
        return server.wait_ready()

    def admin(self, server, path):
        reply = server.request(f"/api/v1/admin/tsdb/{path}", b"", method="POST", timeout=120)
        self.assertIn(reply.status, (200, 204), reply.text)

    def walk(self, name, kind):
        """A series of minutes, with gaps: a counter with resets, whole or not, or a gauge."""
        value, samples = 0.0, []
        for t in range(self.base, self.base + DAYS * DAY, MINUTE):
            jitter = 0 if kind == "whole" else self.random.randrange(-900, 900)
            if kind == "gauge":
                value = round(self.random.gauss(20, 8), 2)
            else:
                step = self.random.randrange(90)
                value += step if kind == "whole" else step / 7
                if self.random.random() < 0.0005:
                    value = 0.0
            if self.random.random() > 0.02 and not self.base + DAY < t < self.base + DAY + 3 * HOUR:
                samples.append((t + jitter, value))
        return remote_write.series({"__name__": name, "kind": kind}, samples)

    def load(self, server):
        for kind in ("whole", "fraction", "gauge"):
            reply = remote_write.write(server, self.walk("m", kind))
            self.assertEqual(reply.status, 204, reply.text)
        request = remote_write_v2.Request()
        request.series({"__name__": "h"}, histograms=[
            remote_write_v2.histogram(t) for t in range(self.base, self.base + DAYS * DAY, 5 * MINUTE)])
        self.assertEqual(request.send(server)[0].status, 204)

    def ask(self, server, expr, start, step, resolution):
        form = urllib.parse.urlencode({
            "query": expr, "start": start / 1000, "end": (self.base + (DAYS + 1) * DAY) / 1000,
            "step": step / 1000, "max_source_resolution": resolution, "explain": 1}).encode()
        reply = server.request("/api/v1/query_range", form)
        self.assertEqual(reply.status, 200, reply.text)
        return reply.json

    def aggregates(self, plan):
        return plan["aggregates"] + sum(map(self.aggregates, plan.get("children", ())))

    def compare(self, server):
        """Asks everything by both; how many aggregates were read."""
        read = 0
        for metric, functions in (("m", FLOATS), ("h", HISTOGRAMS)):
            for function in functions:
                for window in WINDOWS:
                    step, shift = self.random.choice(STEPS)
                    expr = call(function, f"{metric}[{window}]")
                    start = self.base + DAY // 2 + shift
                    samples = self.ask(server, expr, start, step, "0s")
                    tiers = self.ask(server, expr, start, step, "auto")
                    with self.subTest(expr=expr, step=step, shift=shift):
                        self.assertTrue(samples["data"]["result"] or function == "absent_over_time")
                        self.assertTrue(same(samples["data"]["result"], tiers["data"]["result"]),
                                        difference(samples, tiers))
                        self.assertEqual(samples.get("warnings"), tiers.get("warnings"))
                        self.assertEqual(samples.get("infos"), tiers.get("infos"))
                        self.assertEqual(self.aggregates(samples["data"]["plan"]), 0)
                    read += self.aggregates(tiers["data"]["plan"])
        return read

    def test_answers_are_those_from_samples(self):
        server = self.start()
        self.load(server)
        self.assertEqual(self.compare(server), 0)  # none made yet: all from samples
        self.admin(server, "flush")
        self.assertGreater(self.compare(server), 1000)

        # What comes late counts at once, and after it is in the aggregates.
        late = [(self.base + DAY + 2 * HOUR + i * MINUTE, 5.0 + i) for i in range(40)]
        reply = remote_write.write(server, remote_write.series(
            {"__name__": "m", "kind": "whole"}, late))
        self.assertEqual(reply.status, 204, reply.text)
        self.compare(server)
        self.admin(server, "flush")
        self.assertGreater(self.compare(server), 1000)

        hole = urllib.parse.urlencode({
            "match[]": 'm{kind="gauge"}', "start": (self.base + 2 * DAY) / 1000,
            "end": (self.base + 2 * DAY + 5 * HOUR) / 1000})
        self.admin(server, f"delete_series?{hole}")
        self.compare(server)
        server.stop(how=9)
        server = self.start()
        self.compare(server)
        self.admin(server, "flush")
        self.assertGreater(self.compare(server), 1000)


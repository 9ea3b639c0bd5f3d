"""Series that are added up: increases of the sum equal those of its inputs, through
repeats, restarts and kill -9."""

import os
import random
import signal
import threading
import time
import unittest

import harness
import remote_write

GRID = 15_000
SCHEMA = """
version: 1
rules:
  - metric: requests_total
    mode: aggregate
    drop_labels: [user_id]
  - metric: queue_length
    mode: aggregate
    allowed_labels: [job]
    gauges: sum
  - metric: undeclared
    mode: aggregate
    drop_labels: [user_id]
"""


class Counters:
    """Counters of some users, as a sender has them; `grown`: by when, what a reader of
    the inputs would see as increase."""

    def __init__(self, rng, job, users):
        self.rng, self.job, self.users = rng, job, users
        self.values = {}
        self.grown = {}

    def request(self, t):
        """Their samples at `t`: they grow, and now and then one is reset."""
        for user in range(self.users):
            step = self.rng.randrange(1000) / 8
            before = self.values.get(user)
            now = step if before is None or self.rng.random() < 0.05 else before + step
            self.values[user] = now
            if before is not None:
                grown = now if now < before else now - before
                self.grown[t] = self.grown.get(t, 0) + grown
        return [remote_write.series({"__name__": "requests_total", "job": self.job,
                                     "user_id": str(user)}, [(t, value)])
                for user, value in self.values.items()]


class AggregateTest(harness.EndToEndTest):

    def setUp(self):
        super().setUp()
        self.schema = os.path.join(self.folder, "schema.yml")
        with open(self.schema, "w", encoding="utf-8") as out:
            out.write(SCHEMA)
        self.port = harness.free_port()

    def start(self, *options, delay="1s"):
        server = self.tidemark("--set", f"admission.schema={self.schema}",
                               "--set", f"admission.aggregate.delay={delay}",
                               "--set", "server.admin_api=true", *options, port=self.port)
        server.start()
        return server.wait_ready()

    def points(self, server, expr):
        """Samples of the one series that matches: milliseconds to value."""
        found = server.query(f"{expr}[2d]")
        self.assertLessEqual(len(found), 1, found)
        values = found[0]["values"] if found else []
        return {round(float(t) * 1000): float(value) for t, value in values}

    def write(self, server, request):
        reply = remote_write.write(server, *request)
        self.assertEqual(reply.status, 204, reply.text)

    def check(self, points, grown):
        """Between any points of the grid the sum grew by what its inputs grew."""
        on_grid = {t: v for t, v in points.items() if t % GRID == 0}
        self.assertGreater(len(on_grid), 10)
        want, times = 0.0, sorted(grown)
        for t in sorted(on_grid):
            while times and times[0] <= t:
                want += grown[times.pop(0)]
            self.assertAlmostEqual(on_grid[t], want, delta=1e-9 * max(1.0, want), msg=str(t))
        self.assertFalse(times, "increases without a point")

    def wait_for_point(self, server, expr, at):
        harness.wait_until(lambda: at in self.points(server, expr), f"a point at {at}")

    def test_increases_are_those_of_the_inputs_through_kills_and_repeats(self):
        rng = random.Random(3)
        counters = Counters(rng, "api", 20)
        t = (int(time.time()) - 3600) * 1000
        # Longer than a restart takes: no point is emitted because it was silent.
        server = self.start(delay="20s")
        for round_number in range(60):
            t += rng.randrange(3000, 9000)
            if round_number % 20 == 10:
                counters.users += 5
            request = counters.request(t)
            dies = round_number % 6 == 5
            if dies:
                # An answer may or may not have come: the sender repeats itself.
                threading.Timer(rng.uniform(0, 0.02), server.process.kill).start()
                try:
                    remote_write.write(server, *request)
                except OSError:
                    pass
                server.process.wait()
                server = self.start(delay="20s")
            self.write(server, request)
            if rng.random() < 0.3:
                self.write(server, request)
            if round_number % 25 == 24:
                # A stop emits the point that the next samples would have been part of.
                self.assertEqual(server.stop(), 0)
                server = self.start(delay="20s")
                t = (t // GRID + 1) * GRID
        self.assertEqual(server.stop(), 0)
        server = self.start()
        self.check(self.points(server, "requests_total"), counters.grown)
        self.assertEqual(server.query("count(requests_total{user_id!=''})"), [])
        inputs = f"tidemark_aggregate_inputs {counters.users}\n"
        harness.wait_until(lambda: inputs in server.request("/metrics").text, inputs)

    def test_senders_at_once_add_up(self):
        server = self.start()
        t = (int(time.time()) - 3600) * 1000 // GRID * GRID
        senders = [Counters(random.Random(i), "api", 0) for i in range(4)]

        def send(number):
            for step in range(15):
                # Users of their own, so that the sums of all are one series.
                at = t + 5000 + step * GRID
                request = [remote_write.series(
                    {"__name__": "requests_total", "job": "api", "user_id": f"{number}-{user}"},
                    [(at, float(step * (number + 1)))]) for user in range(50)]
                remote_write.write(server, *request)
                remote_write.write(server, *request)

        threads = [threading.Thread(target=send, args=(n,)) for n in range(len(senders))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        last = t + 15 * GRID
        self.wait_for_point(server, "requests_total", last)
        want = 14 * 50 * (1 + 2 + 3 + 4)
        # What came behind the grid counts at the next point.
        harness.wait_until(
            lambda: max(self.points(server, "requests_total").values()) == want, "the whole sum")

    def test_gauges_are_summed_and_what_has_no_function_is_refused(self):
        server = self.start()
        t = (int(time.time()) - 600) * 1000 // GRID * GRID + 5000
        self.write(server, [remote_write.series(
            {"__name__": "queue_length", "job": "api", "pod": str(pod)}, [(t, 2.0 + pod)])
            for pod in range(3)])
        self.wait_for_point(server, "queue_length", t + 10_000)
        self.assertEqual(self.points(server, "queue_length"), {t + 10_000: 9.0})
        reply = remote_write.write(server, remote_write.series(
            {"__name__": "undeclared", "user_id": "1"}, [(t, 1.0)]))
        self.assertEqual(reply.status, 400)
        self.assertIn("cannot be aggregated", reply.text)
        self.assertIn("gauges", reply.text)
        rejections = server.request("/api/v1/admin/rejections").json["data"]["rejections"]
        self.assertEqual([r["reason"] for r in rejections], ["not_aggregable"])

    def test_state_is_bounded(self):
        server = self.start("--set", "admission.aggregate.max_state=200KiB")
        t = (int(time.time()) - 600) * 1000

        def batch(first, at, value):
            return [remote_write.series({"__name__": "requests_total", "job": "api",
                                         "user_id": str(user)}, [(at, value)])
                    for user in range(first, first + 500)]

        self.write(server, batch(0, t, 1.0))
        for first in range(500, 10_000, 500):
            reply = remote_write.write(server, *batch(first, t, 1.0))
        self.assertEqual(reply.status, 400)
        self.assertIn("admission.aggregate.max_state", reply.text)
        metrics = server.request("/metrics").text
        state = next(line for line in metrics.splitlines()
                     if line.startswith("tidemark_aggregate_state_bytes "))
        self.assertLess(float(state.split()[1]), 250_000)
        self.write(server, batch(0, t + GRID, 3.0))  # known ones go on


if __name__ == "__main__":
    unittest.main()

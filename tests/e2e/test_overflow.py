"""New series past the budget fold into one: none of their increases is lost, and
nobody else notices."""

import os
import signal
import time

import harness
import remote_write

GRID = 15_000
HARD = 20
STORM = 3000
BUDGETS = f"""
default:
  series: {{ hard: {HARD} }}
  on_limit: fold
  overflow_labels: [ job ]
"""


class OverflowTest(harness.EndToEndTest):

    def setUp(self):
        super().setUp()
        budgets = os.path.join(self.folder, "budgets.yml")
        with open(budgets, "w", encoding="utf-8") as out:
            out.write(BUDGETS)
        self.options = ("--set", f"admission.budgets={budgets}", "--set", "server.admin_api=true",
                        "--set", "admission.aggregate.delay=20s")
        self.port = harness.free_port()

    def start(self):
        server = self.tidemark(*self.options, port=self.port)
        server.start()
        return server.wait_ready()

    @staticmethod
    def series(user, t, value, job="api"):
        return remote_write.series(
            {"__name__": "requests_total", "job": job, "user_id": f"{user}"}, [(t, value)])

    def send(self, server, t, users, value):
        for first in range(0, len(users), 1000):
            reply = remote_write.write(
                server, *[self.series(u, t, value(u)) for u in users[first:first + 1000]])
            self.assertEqual(reply.status, 204, reply.text)

    def points(self, server, expr):
        found = server.query(f"{expr}[2d]")
        self.assertEqual(len(found), 1, found)
        return {round(float(t) * 1000): float(v) for t, v in found[0]["values"]}

    def test_a_storm_costs_one_series_and_loses_no_increase(self):
        server = self.start()
        base = (int(time.time()) - 3600) * 1000 // GRID * GRID
        known = [f"known-{i}" for i in range(HARD)]
        storm = [f"storm-{i}" for i in range(STORM)]
        self.send(server, base + 1000, known, lambda u: 1.0)
        for step in range(6):
            t = base + (step + 1) * GRID + 1000
            self.send(server, t, known, lambda u: 2.0 + step)
            self.send(server, t, storm, lambda u: 100.0 + 3 * step)
            if step == 2:
                server.stop(signal.SIGKILL)
                server = self.start()
                self.send(server, t, storm, lambda u: 100.0 + 3 * step)
        self.assertEqual(server.stop(), 0)
        server = self.start()
        overflow = self.points(server, 'requests_total{__overflow__="true"}')
        want = {base + (step + 2) * GRID: 3.0 * step * STORM for step in range(6)}
        self.assertEqual(overflow, want)
        labels = server.query('requests_total{__overflow__="true"}[2d]')[0]["metric"]
        self.assertEqual(labels, {"__name__": "requests_total", "job": "api",
                                  "__overflow__": "true"})
        everyone = server.query("last_over_time(requests_total[2d])")
        self.assertEqual(len(everyone), HARD + 1)
        for one in everyone:
            if "user_id" in one["metric"]:
                self.assertEqual(one["value"][1], "7")

    def test_what_folds_is_told_in_the_ledger(self):
        server = self.start()
        t = int(time.time()) * 1000
        self.send(server, t, [f"{i}" for i in range(HARD + 7)], lambda u: 1.0)
        rejections = server.request("/api/v1/admin/rejections").json["data"]["rejections"]
        self.assertEqual([(r["reason"], r["count"], r["mode"]) for r in rejections],
                         [("cardinality_budget", 7, "observe")])
        # Who calls itself so does not get past the budget, but folds as others do.
        reply = remote_write.write(server, remote_write.series(
            {"__name__": "requests_total", "job": "api", "user_id": "x", "__overflow__": "true"},
            [(t, 1.0)]))
        self.assertEqual(reply.status, 204, reply.text)
        self.assertEqual(server.query('requests_total{__overflow__="true",user_id="x"}'), [])

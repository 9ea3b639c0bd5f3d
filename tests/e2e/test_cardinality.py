"""A storm of new series against a budget: what is known goes on as if nothing were."""

import os
import time
import unittest

import harness
import remote_write

# STORM_SERIES=1000000 STORM_BUDGET=50000 is the whole of it.
STORM = int(os.environ.get("STORM_SERIES", "40000"))
BUDGET = int(os.environ.get("STORM_BUDGET", "2000"))
KNOWN = BUDGET // 2
PER_REQUEST = 2000
NOW = int(time.time() * 1000)


def known(i, t, value):
    return remote_write.series({"__name__": "known", "i": str(i)}, [(t, value)])


def stormy(i):
    return remote_write.series({"__name__": "requests_total", "user_id": f"u{i}"}, [(NOW, 1)])


class CardinalityTest(harness.EndToEndTest):

    def setUp(self):
        super().setUp()
        budgets = os.path.join(self.folder, "budgets.yml")
        with open(budgets, "w", encoding="utf-8") as out:
            out.write(f"default: {{ series: {{ hard: {BUDGET}, reserve: 10 }}, "
                      "critical: [ \"payments_.*\" ] }\n")
        self.server = self.tidemark("--set", f"admission.budgets={budgets}").start()
        self.server.wait_ready()

    def send_known(self, t, value):
        for start in range(0, KNOWN, PER_REQUEST):
            some = range(start, min(start + PER_REQUEST, KNOWN))
            reply = remote_write.write(self.server, *(known(i, t, value) for i in some))
            self.assertEqual(reply.status, 204, reply.text)

    def resident_bytes(self):
        with open(f"/proc/{self.server.process.pid}/statm", encoding="ascii") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def cpu_seconds(self):
        with open(f"/proc/{self.server.process.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def test_a_storm_costs_known_series_nothing(self):
        self.send_known(NOW - 60_000, 1)
        half = None
        cpu = self.cpu_seconds()
        for start in range(0, STORM, PER_REQUEST):
            reply = remote_write.write(self.server, known(0, NOW - 50_000 + start % 40_000, 1),
                                       *(stormy(i) for i in range(start, start + PER_REQUEST)))
            if start > BUDGET:
                self.assertEqual(reply.status, 400, reply.text)
                self.assertIn(f"stored 1 of {PER_REQUEST + 1} samples", reply.text)
                self.assertIn("admission.budgets", reply.text)
            if start == STORM // 2:
                half = self.resident_bytes()
                self.assertEqual(self.server.query("count(known)")[0]["value"][1], str(KNOWN))
        print(f"storm of {STORM} against {BUDGET}: {self.cpu_seconds() - cpu:.2f} s of CPU, "
              f"{half >> 20} MiB at half, {self.resident_bytes() >> 20} MiB at the end")
        self.assertLess(self.resident_bytes(), half + (64 << 20))

        self.send_known(NOW, 2)
        self.assertEqual(self.server.query("sum(known)")[0]["value"][1], str(2 * KNOWN))
        reply = remote_write.write(self.server, remote_write.series({"__name__": "payments_total"},
                                                                    [(NOW, 1)]))
        self.assertEqual(reply.status, 204, reply.text)

        data = self.server.request("/api/v1/cardinality?focus=user_id").json["data"]
        self.assertEqual(data["activeSeries"], BUDGET - 10 + 1)
        self.assertEqual(data["budget"][0]["used"], BUDGET - 10 + 1)
        self.assertEqual(data["focus"]["values"], BUDGET - 10 - KNOWN)

    def test_known_series_stay_so_over_a_restart(self):
        self.send_known(NOW - 60_000, 1)
        remote_write.write(self.server, *(stormy(i) for i in range(BUDGET)))
        self.server.stop()
        self.server.start()
        self.server.wait_ready()
        remote_write.write(self.server, *(stormy(i) for i in range(BUDGET, 2 * BUDGET)))
        self.send_known(NOW, 2)


if __name__ == "__main__":
    unittest.main()

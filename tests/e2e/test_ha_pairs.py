"""Two replicas that send the same: one is stored, also after a restart."""

import signal
import time
import unittest

import harness
import remote_write

ELECTED = "tidemark_ha_elected"


class HaPairsTest(harness.EndToEndTest):

    def setUp(self):
        super().setUp()
        self.server = self.tidemark("--set", "ha.enabled=true", "--set",
                                    "ha.failover_timeout=3s").start()
        self.server.wait_ready()

    def send(self, replica, value):
        series = remote_write.series({"__name__": "up", "__replica__": replica, "cluster": "c"},
                                     [(int(time.time() * 1000), value)])
        return remote_write.write(self.server, series).status

    def test_one_at_a_time_is_stored(self):
        self.assertEqual([self.send("a", 1), self.send("b", 2)], [204, 202])
        self.server.stop(signal.SIGKILL)
        self.server.start()
        self.server.wait_ready()
        # The one elected before is so again, though the other one comes first.
        self.assertEqual([self.send("b", 2), self.send("a", 3)], [202, 204])
        harness.wait_until(lambda: self.send("b", 4) == 204, "the other one is elected", 20)
        self.assertEqual(self.send("a", 5), 202)
        result = self.server.query("up")
        self.assertEqual([series["metric"] for series in result],
                         [{"__name__": "up", "cluster": "c"}])
        self.assertEqual(result[0]["value"][1], "4")
        replicas = {series["metric"]["replica"] for series in self.server.query(ELECTED)}
        self.assertEqual(replicas, {"a", "b"})


if __name__ == "__main__":
    unittest.main()

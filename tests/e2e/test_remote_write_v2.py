"""What a sender of remote write 2.0 says is kept, through kill -9 and a restart."""

import signal
import time
import unittest

import harness
import remote_write_v2

NOW = int(time.time() * 1000) - 60_000
START = NOW - 3_600_000


class RemoteWriteV2Test(harness.EndToEndTest):

    def setUp(self):
        super().setUp()
        self.server = self.tidemark(
            "--set", "features=use-start-timestamps,promql-experimental-functions").start()
        self.server.wait_ready()

    def send(self, request, status, written):
        reply, counts = request.send(self.server)
        self.assertEqual((reply.status, counts), (status, written), reply.text)
        return reply.text

    def check(self):
        at = NOW / 1000
        self.assertEqual(self.server.query("requests_total", at=at)[0]["value"][1], "5")
        for name in ("requests_total", "created_total", "latency"):
            with self.subTest(name):
                start = self.server.query(f"start_timestamp({name})", at=at)
                self.assertEqual(float(start[0]["value"][1]), START / 1000)
        self.assertEqual(self.server.query("histogram_sum(latency)", at=at)[0]["value"][1], "3.5")
        metadata = self.server.request("/api/v1/metadata").json["data"]
        self.assertEqual(metadata["requests_total"],
                         [{"type": "counter", "unit": "requests", "help": "How many."}])
        exemplars = self.server.request(
            f"/api/v1/query_exemplars?query=latency&start={at - 10}&end={at + 10}").json["data"]
        self.assertEqual(exemplars[0]["exemplars"][0]["labels"], {"trace_id": "abc"})

    def test_everything_is_kept(self):
        request = remote_write_v2.Request()
        request.series({"__name__": "requests_total", "job": "e2e"}, [(NOW, 5, START)],
                       metadata=(remote_write_v2.COUNTER, "How many.", "requests"))
        request.series({"__name__": "created_total"}, [(NOW, 6, 0)], created=START)
        request.series({"__name__": "latency"}, histograms=[remote_write_v2.histogram(NOW, START)],
                       exemplars=[({"trace_id": "abc"}, NOW, 1.5)])
        self.send(request, 204, [2, 1, 1])
        self.send(request, 204, [2, 1, 1])
        self.check()
        self.server.stop(signal.SIGKILL)
        self.server.start()
        self.server.wait_ready()
        self.check()
        self.send(request, 204, [2, 1, 1])
        self.check()

    def test_one_bad_series_does_not_cost_its_neighbours(self):
        request = remote_write_v2.Request()
        request.series({"__name__": "before"}, [(NOW, 1, 0)])
        request.series({"job": "nameless"}, [(NOW, 1, 0)])
        request.all_series.append(remote_write_v2.field(1, b"\x63\x64"))
        request.series({"__name__": "after"}, [(NOW, 1, 0)])
        text = self.send(request, 400, [2, 0, 0])
        self.assertIn("1 x bad reference to a symbol", text)
        self.assertIn("1 x no metric name", text)
        for name in ("before", "after"):
            self.assertEqual(len(self.server.query(name, at=NOW / 1000)), 1)


if __name__ == "__main__":
    unittest.main()

"""kill -9 under load, restart, compare with the ledger of what was acknowledged."""

import random
import signal
import threading
import time
import unittest

import harness
import remote_write

ROUNDS = 5
WRITERS = 4
SERIES = 50


class Writer(threading.Thread):
    """Sends requests of SERIES samples until the server is gone; `acknowledged`
    holds the times of the requests that were answered with 2xx."""

    def __init__(self, server, writer, first_t):
        super().__init__()
        self.server, self.writer, self.t = server, writer, first_t
        self.acknowledged = []

    def run(self):
        while True:
            self.t += 1000
            request = [remote_write.series(
                {"__name__": "ledger", "writer": str(self.writer), "i": str(i)},
                [(self.t, self.t * 1000.0 + i)]) for i in range(SERIES)]
            try:
                reply = remote_write.write(self.server, *request)
            except OSError:
                return
            if reply.status == 204:
                self.acknowledged.append(self.t)


class KillTest(harness.EndToEndTest):

    def test_nothing_acknowledged_is_lost(self):
        rng = random.Random(7)
        port = harness.free_port()
        ledger = {writer: [] for writer in range(WRITERS)}
        next_t = int(time.time() - 86_400) * 1000
        for round_number in range(ROUNDS):
            server = self.tidemark(port=port).start()
            server.wait_ready()
            self.check(server, ledger)
            writers = [Writer(server, w, next_t) for w in range(WRITERS)]
            for writer in writers:
                writer.start()
            time.sleep(rng.uniform(0.2, 1.5))
            self.assertEqual(server.stop(signal.SIGKILL), -signal.SIGKILL)
            for writer in writers:
                writer.join()
                ledger[writer.writer] += writer.acknowledged
                self.assertTrue(writer.acknowledged, f"round {round_number}: nothing was written")
            next_t = max(writer.t for writer in writers)
        server = self.tidemark(port=port).start()
        server.wait_ready()
        self.check(server, ledger)
        self.assertEqual(server.stop(), 0)

    def check(self, server, ledger):
        """Every acknowledged sample is there with its value; what is there beyond
        was sent but not acknowledged: its value must be right too."""
        found = {}
        for series in server.query("ledger[2d]"):
            key = int(series["metric"]["writer"]), int(series["metric"]["i"])
            times = [int(round(t * 1000)) for t, _ in series["values"]]
            self.assertEqual(len(times), len(set(times)))
            for t, value in zip(times, (v for _, v in series["values"])):
                self.assertEqual(float(value), t * 1000.0 + key[1])
            found[key] = set(times)
        for writer, acknowledged in ledger.items():
            for i in range(SERIES):
                missing = set(acknowledged) - found.get((writer, i), set())
                self.assertFalse(missing, f"writer {writer}, series {i}: acknowledged and lost")


if __name__ == "__main__":
    unittest.main()

"""What an operator does: deletes, snapshots, checks and repairs, and policies of
conflicts, through the program itself."""

import glob
import os
import signal
import subprocess
import threading
import time
import unittest
import urllib.parse

import harness
import remote_write

STEP_MS = 15_000


def first_time():
    return (int(time.time()) - 7200) // 60 * 60_000


class AdminTest(harness.EndToEndTest):

    def serve(self, *options, **how):
        server = self.tidemark("--set", "server.admin_api=true", *options, **how).start()
        return server.wait_ready()

    def admin(self, server, what, **params):
        form = urllib.parse.urlencode(params, doseq=True).encode()
        return server.request("/api/v1/admin/tsdb/" + what, form, method="POST")

    def send(self, server, name, samples, **headers):
        return remote_write.write(server, remote_write.series({"__name__": name}, samples),
                                  headers=headers)

    def values(self, server, name):
        """All samples of a metric with one series: value by milliseconds."""
        result = server.query(f"{name}[1d]")
        if not result:
            return {}
        self.assertEqual(len(result), 1)
        return {round(t * 1000): float(v) for t, v in result[0]["values"]}

    def run_tidemark(self, *args):
        return subprocess.run([harness.TIDEMARK, *args], capture_output=True, text=True,
                              timeout=60, check=False)

    def test_deletes(self):
        server = self.serve()
        times = [first_time() + i * STEP_MS for i in range(100)]
        kept = {t: float(i) for i, t in enumerate(times)}
        for part in (list(kept.items())[:50], list(kept.items())[50:]):
            self.assertEqual(self.send(server, "card", part).status, 204)
            self.assertEqual(self.send(server, "other", part).status, 204)
            if part[0][0] == times[0]:  # half of it sealed, half not
                self.assertEqual(self.admin(server, "flush").status, 200)
        reply = self.admin(server, "delete_series", **{
            "match[]": "card", "start": times[40] / 1000, "end": times[60] / 1000})
        self.assertEqual(reply.status, 204, reply.text)
        deleted = times[40:61]
        left = {t: v for t, v in kept.items() if t not in deleted}
        self.assertEqual(self.values(server, "card"), left)
        server.stop(signal.SIGKILL)
        server.start().wait_ready()
        self.assertEqual(self.values(server, "card"), left)

        corrected = {t: -1.0 for t in deleted[:5]}
        self.assertEqual(self.send(server, "card", list(corrected.items())).status, 204)
        self.assertEqual(self.values(server, "card"), {**left, **corrected})
        self.assertEqual(self.admin(server, "clean_tombstones").status, 204)
        server.stop(signal.SIGKILL)
        server.start().wait_ready()
        self.assertEqual(self.values(server, "card"), {**left, **corrected})
        self.assertEqual(self.values(server, "other"), kept)

    def test_snapshot_while_writing(self):
        server = self.serve()
        acknowledged = []
        stop = threading.Event()

        def write():
            t = first_time()
            while not stop.is_set():
                if self.send(server, "ledger", [(t, t / 1000)]).status == 204:
                    acknowledged.append(t)
                t += 1000

        writer = threading.Thread(target=write)
        writer.start()
        try:
            harness.wait_until(lambda: len(acknowledged) > 50, "some samples")
            before = list(acknowledged)
            reply = self.admin(server, "snapshot")
        finally:
            stop.set()
            writer.join()
        self.assertEqual(reply.status, 200, reply.text)
        snapshot = os.path.join(self.folder, "data", "snapshots", reply.json["data"]["name"])
        restored = os.path.join(self.folder, "restored")
        done = self.run_tidemark("restore", snapshot, restored)
        self.assertEqual(done.returncode, 0, done.stderr)
        copy = self.serve(data=restored, name="restored")
        got = self.values(copy, "ledger")
        self.assertTrue(set(before) <= set(got))
        # Nothing is in it that the source does not answer the same.
        source = self.values(server, "ledger")
        self.assertEqual(got, {t: source[t] for t in got})
        self.assertEqual(self.run_tidemark("restore", snapshot, restored).returncode, 1)

    def test_verify_and_repair(self):
        data = os.path.join(self.folder, "data")
        server = self.serve()
        samples = [(first_time() + i * STEP_MS, float(i)) for i in range(100)]
        self.assertEqual(self.send(server, "kept", samples).status, 204)
        in_use = self.run_tidemark("verify", data)
        self.assertEqual(in_use.returncode, 1)
        self.assertIn("in use", in_use.stderr)
        self.assertEqual(server.stop(), 0)
        sound = self.run_tidemark("verify", data)
        self.assertEqual(sound.returncode, 0, sound.stdout)
        self.assertIn("everything is as it should be", sound.stdout)

        with open(glob.glob(data + "/db/MANIFEST-*")[0], "r+b") as manifest:
            manifest.seek(20)
            manifest.write(b"\xff" * 20)
        refused = self.tidemark().start()
        harness.wait_until(lambda: not refused.running(), "the server refuses to start")
        self.assertNotEqual(refused.stop(), 0)
        self.assertIn("verify", refused.log())
        self.assertIn("--repair", refused.log())
        damaged = self.run_tidemark("verify", data)
        self.assertEqual(damaged.returncode, 1)
        self.assertIn("ERROR: files: MANIFEST", damaged.stdout)
        repaired = self.run_tidemark("verify", data, "--repair")
        self.assertEqual(repaired.returncode, 0, repaired.stdout + repaired.stderr)
        again = self.serve(data=data + ".repaired", name="repaired")
        self.assertEqual(self.values(again, "kept"), dict(samples))

    def test_policies_of_conflicts(self):
        t = first_time()
        for policy, status, value in (("first", 204, 1.0), ("last", 204, 2.0),
                                      ("refuse", 400, 1.0)):
            for sealed in (False, True):
                with self.subTest(policy=policy, sealed=sealed):
                    name = f"{policy}_{sealed}"
                    server = self.serve("--set", "ingest.conflict=" + policy, name=name,
                                        data=os.path.join(self.folder, name))
                    self.assertEqual(self.send(server, "m", [(t, 1.0)]).status, 204)
                    if sealed:
                        self.assertEqual(self.admin(server, "flush").status, 200)
                    self.assertEqual(self.send(server, "m", [(t, 1.0)]).status, 204)
                    reply = self.send(server, "m", [(t, 2.0)])
                    self.assertEqual(reply.status, status, reply.text)
                    self.assertEqual(self.values(server, "m"), {t: value})
                    server.stop(signal.SIGKILL)
                    server.start().wait_ready()
                    self.assertEqual(self.values(server, "m"), {t: value})
                    server.stop()


if __name__ == "__main__":
    unittest.main()

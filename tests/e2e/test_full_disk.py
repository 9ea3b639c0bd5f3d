"""A full disk: writes answer 503, reads go on, nothing acknowledged is lost,
and writing resumes by itself when there is room again."""

import math
import os
import signal
import subprocess
import time
import unittest

import harness
import remote_write

SIZE = 160 << 20


class FullDiskTest(harness.EndToEndTest):

    def setUp(self):
        super().setUp()
        self.disk = os.path.join(self.folder, "disk")
        os.mkdir(self.disk)
        mounted = os.geteuid() == 0 and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", self.disk],
            stderr=subprocess.DEVNULL, check=False).returncode == 0
        if not mounted:
            self.skipTest("needs the right to mount a small tmpfs")

    def tearDown(self):
        for process in self.processes:
            process.stop(signal.SIGKILL)
        subprocess.run(["umount", "-l", self.disk], stderr=subprocess.DEVNULL, check=False)
        super().tearDown()

    def fill(self, leave):
        """Leaves so many bytes; returns the path of the filler."""
        path = os.path.join(self.disk, "filler")
        disk = os.statvfs(self.disk)
        with open(path, "wb") as file:
            os.posix_fallocate(file.fileno(), 0, disk.f_bavail * disk.f_frsize - leave)
        return path

    @staticmethod
    def value(t, i):
        """One that no codec makes small."""
        return math.sqrt(t + float(i))

    def write(self, server, t):
        request = [remote_write.series({"__name__": "kept", "i": str(i)}, [(t, self.value(t, i))])
                   for i in range(200)]
        return remote_write.write(server, *request)

    def check_kept(self, server, acknowledged):
        series = server.query("kept[1d]")
        self.assertEqual(len(series), 200)
        for one in series:
            values = {round(t * 1000): float(v) for t, v in one["values"]}
            for t in acknowledged:
                self.assertEqual(values.get(t), self.value(t, one["metric"]["i"]), one["metric"])

    def run_to_the_brim(self, *options, leave, words):
        server = self.tidemark(*options, data=os.path.join(self.disk, "data")).start()
        server.wait_ready()
        t = int(time.time() * 1000) - 12 * 3_600_000
        acknowledged = []
        for _ in range(20):
            t += 1000
            self.assertEqual(self.write(server, t).status, 204)
            acknowledged.append(t)

        filler = self.fill(leave)
        refused = 0
        deadline = time.monotonic() + 60
        while refused < 5 and time.monotonic() < deadline:
            t += 1000
            reply = self.write(server, t)
            if reply.status == 204:
                acknowledged.append(t)
                continue
            self.assertEqual(reply.status, 503, reply.text)
            self.assertTrue(reply.headers["Retry-After"])
            for word in words:
                self.assertIn(word, reply.text)
            refused += 1
        self.assertEqual(refused, 5)
        self.check_kept(server, acknowledged)  # reads go on

        os.remove(filler)
        harness.wait_until(lambda: self.write(server, t).status == 204, "writing resumes", 60)
        acknowledged.append(t)
        server.stop(signal.SIGKILL)
        server.start()
        server.wait_ready()
        self.check_kept(server, acknowledged)

    def test_watermark(self):
        self.run_to_the_brim(leave=SIZE // 40, words=["storage.min_free_disk"])

    def test_without_a_watermark(self):
        self.run_to_the_brim("--set", "storage.min_free_disk=0%", leave=0,
                             words=["space"])


if __name__ == "__main__":
    unittest.main()

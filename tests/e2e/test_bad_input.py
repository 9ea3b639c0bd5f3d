"""Bad input costs its sender a clear 4xx, and nobody else anything."""

import socket
import time
import unittest

import harness
import remote_write


def good(name="good", t=None, value=1.0):
    return remote_write.series({"__name__": name, "job": "e2e"},
                               [(t or int(time.time() * 1000), value)])


NOW = int(time.time() * 1000)
DAY = 86_400_000

# (name, bad series, words that the answer must hold)
BAD_SERIES = [
    ("no metric name", remote_write.series({"job": "e2e"}, [(NOW, 1)]), ["metric name"]),
    ("empty metric name", remote_write.series({"__name__": "", "job": "x"}, [(NOW, 1)]),
     ["metric name"]),
    ("duplicate label", remote_write.series([("__name__", "d"), ("a", "1"), ("a", "2")],
                                            [(NOW, 1)]), ["duplicate label"]),
    ("empty label name", remote_write.series([("", "x"), ("__name__", "d")], [(NOW, 1)]),
     ["label name"]),
    ("far in the future", remote_write.series({"__name__": "f"}, [(NOW + DAY, 1)]),
     ["ingest.max_future"]),
    ("older than retention", remote_write.series({"__name__": "o"}, [(NOW - 400 * DAY, 1)]),
     ["retention"]),
]


class BadInputTest(harness.EndToEndTest):

    def setUp(self):
        super().setUp()
        self.server = self.tidemark().start()
        self.server.wait_ready()

    def tearDown(self):
        self.assertTrue(self.server.running(), self.server.log())
        self.assertEqual(remote_write.write(self.server, good("still_works")).status, 204)
        super().tearDown()

    def post(self, body, **headers):
        return self.server.request("/api/v1/write", body, {**remote_write.HEADERS, **headers})

    def test_one_bad_series_does_not_cost_its_neighbours(self):
        for i, (name, bad, words) in enumerate(BAD_SERIES):
            with self.subTest(name):
                before, after = f"before_{i}", f"after_{i}"
                reply = remote_write.write(self.server, good(before), bad, good(after))
                self.assertEqual(reply.status, 400, reply.text)
                for word in words + ["2 of 3"]:
                    self.assertIn(word, reply.text)
                self.assertLessEqual(len(reply.body), 1024)
                for kept in (before, after):
                    self.assertEqual(len(self.server.query(kept)), 1)

    def test_bodies(self):
        whole = remote_write.snappy(good())
        cases = [
            ("not snappy", b"\xff" * 100, 400),
            ("empty", b"", 400),
            ("snappy cut short", whole[:-3], 400),
            ("protobuf cut short", remote_write.snappy(good()[:-2]), 400),
            ("garbage inside snappy", remote_write.snappy(b"\xff" * 50), 400),
            ("declares 4 GiB", remote_write.varint(1 << 32) + b"\x00", 400),
            ("declares 1 GiB", remote_write.varint(1 << 30) + b"\x00", 413),
        ]
        for name, body, status in cases:
            with self.subTest(name):
                reply = self.post(body)
                self.assertEqual(reply.status, status, reply.text)
                self.assertTrue(reply.text.strip())

    def test_content_type_and_encoding(self):
        body = remote_write.snappy(good())
        for headers in ({"Content-Type": "application/json"}, {"Content-Type": "image/png"},
                        {"Content-Encoding": "gzip"}, {"Content-Encoding": "deflate"}):
            with self.subTest(headers):
                self.assertEqual(self.post(body, **headers).status, 415)

    def test_too_large_a_body_is_refused_by_its_size(self):
        reply = self.raw(b"POST /api/v1/write HTTP/1.1\r\nHost: x\r\n"
                         b"Content-Type: application/x-protobuf\r\nContent-Encoding: snappy\r\n"
                         b"Content-Length: 9999999999\r\n\r\n")
        self.assertIn(b" 413 ", reply.split(b"\r\n")[0])

    def test_garbage_instead_of_http(self):
        for garbage in (b"\x00" * 1000, b"GET\r\n\r\n", b"\x16\x03\x01\x02\x00" * 40,
                        b"POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n", b"A" * 100_000):
            with self.subTest(garbage[:20]):
                self.assertNotIn(b" 200 ", self.raw(garbage).split(b"\r\n")[0])

    def raw(self, data):
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=20) as conn:
            try:
                conn.sendall(data)
                conn.shutdown(socket.SHUT_WR)
                return conn.recv(65536)
            except OSError:
                return b""

    def test_bad_queries(self):
        cases = [
            ("/api/v1/query?query=", 400, "bad_data"),
            ("/api/v1/query?query=sum(", 400, "bad_data"),
            ("/api/v1/query?query=up&time=yesterday", 400, "bad_data"),
            ("/api/v1/query_range?query=up&start=2&end=1&step=1", 400, "bad_data"),
            ("/api/v1/query_range?query=up&start=1&end=2&step=0", 400, "bad_data"),
            ("/api/v1/query_range?query=up&start=1&end=100000&step=1", 400, "bad_data"),
            ("/api/v1/series", 400, "bad_data"),
            ("/api/v1/query?query=" + "(" * 7000, 400, "bad_data"),
        ]
        for path, status, error_type in cases:
            with self.subTest(path[:60]):
                reply = self.server.request(path)
                self.assertEqual(reply.status, status, reply.text)
                self.assertEqual(reply.json["errorType"], error_type)
                self.assertEqual(reply.json["status"], "error")


class AnyAgeTest(harness.EndToEndTest):

    def test_any_age_is_fine_when_retention_is_for_ever(self):
        server = self.tidemark("--set", "storage.retention.raw=0").start()
        server.wait_ready()
        for t in (1000, 86_400_000, 10**12):
            reply = remote_write.write(server, good("old", t, float(t)))
            self.assertEqual(reply.status, 204, reply.text)
            result = server.query("old", at=t / 1000)
            self.assertEqual(float(result[0]["value"][1]), float(t))


if __name__ == "__main__":
    unittest.main()

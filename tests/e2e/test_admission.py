"""A label schema: what it refuses costs nobody else anything, and is told."""

import os
import time
import unittest

import harness
import remote_write

CARD = "4111111111111111"
SCHEMA = """
version: 1
rules:
  - metric: requests_total
    mode: reject
    allowed_labels: [job, instance, path]
    deny_card_numbers: true
  - metric: watched_total
    allowed_labels: [job]
"""
NOW = int(time.time() * 1000)


class AdmissionTest(harness.EndToEndTest):

    def setUp(self):
        super().setUp()
        schema = os.path.join(self.folder, "schema.yml")
        with open(schema, "w", encoding="utf-8") as out:
            out.write(SCHEMA)
        self.server = self.tidemark("--set", f"admission.schema={schema}",
                                    "--set", "server.admin_api=true").start()
        self.server.wait_ready()

    def series(self, instance, t=NOW, **labels):
        return remote_write.series({"__name__": "requests_total", "job": "api",
                                    "instance": str(instance), **labels}, [(t, 1.0)])

    def rejections(self):
        return self.server.request("/api/v1/admin/rejections").json["data"]["rejections"]

    def test_one_bad_series_among_2000_costs_only_itself(self):
        for resend in range(2):
            batch = [self.series(i) for i in range(1999)] + [self.series(1999, user_id="7")]
            reply = remote_write.write(self.server, *batch)
            self.assertEqual(reply.status, 400)
            self.assertTrue(reply.text.startswith("stored 1999 of 2000 samples; refused 1: "),
                            reply.text)
            self.assertIn("user_id", reply.text)
            count = self.server.query("count(requests_total)", at=NOW / 1000)
            self.assertEqual(count[0]["value"][1], "1999")
            rejections = self.rejections()
            self.assertEqual(len(rejections), 1)
            self.assertEqual(rejections[0]["reason"], "label_not_allowed")
            self.assertEqual(rejections[0]["metric"], "requests_total")
            self.assertEqual(rejections[0]["label"], "user_id")
            self.assertEqual(rejections[0]["sender"], "127.0.0.1")
            self.assertEqual(rejections[0]["count"], resend + 1)

    def test_a_dry_run_predicts_what_applying_does(self):
        plain = self.tidemark("--set", "server.admin_api=true", name="plain",
                              data=os.path.join(self.folder, "plain")).start()
        plain.wait_ready()
        # Some break one rule, some another, some none.
        batch = [remote_write.series(
            {"__name__": f"{'requests' if i % 2 else 'watched'}_total", "job": "api",
             "instance": str(i), **({"path": CARD} if i % 5 == 0 else {}),
             **({"user": str(i)} if i % 7 == 0 else {})}, [(NOW, 1.0)]) for i in range(200)]
        self.assertEqual(remote_write.write(plain, *batch).status, 204)
        reply = plain.request("/api/v1/admin/schema?dry_run=1", SCHEMA.encode(),
                              {"Content-Type": "application/yaml"}, method="POST")
        self.assertEqual(reply.status, 200, reply.text)
        self.assertNotIn(CARD, reply.text)
        plan = reply.json["data"]

        self.assertEqual(remote_write.write(self.server, *batch).status, 400)
        count = self.server.query('count({__name__=~".+"})', at=NOW / 1000)
        self.assertEqual(int(count[0]["value"][1]), plan["projected"])
        self.assertEqual(plan["series"] - plan["rejected"], plan["projected"])

        def by_key(entries, what):
            return {(e["reason"], e["mode"], e["metric"], e["label"]): e[what] for e in entries}
        self.assertEqual(by_key(plan["findings"], "series"), by_key(self.rejections(), "count"))

    def test_observed_series_are_stored_and_counted(self):
        series = remote_write.series({"__name__": "watched_total", "user": "7"}, [(NOW, 3.0)])
        self.assertEqual(remote_write.write(self.server, series).status, 204)
        self.assertEqual(len(self.server.query("watched_total", at=NOW / 1000)), 1)
        self.assertEqual([(r["mode"], r["label"]) for r in self.rejections()],
                         [("observe", "user")])

    def test_card_numbers_are_nowhere_in_clear(self):
        spellings = [CARD, "4111-1111-1111-1111", "4111 1111 1111 1111", f"/pay/{CARD}/capture"]
        replies = [remote_write.write(self.server, self.series(1, path=path), self.series(2))
                   for path in spellings]
        self.assertEqual([reply.status for reply in replies], [400] * len(spellings))
        told = [reply.text for reply in replies]
        told.append(self.server.request("/api/v1/admin/rejections").text)
        told.append(self.server.request("/metrics").text)
        self.server.request("/api/v1/admin/tsdb/flush", b"", method="POST")
        self.server.stop()
        told.append(self.server.log())
        for folder, _, files in os.walk(os.path.join(self.folder, "data")):
            for name in files:
                with open(os.path.join(folder, name), "rb") as data:
                    told.append(data.read().decode("latin-1"))
        for text in told:
            digits = text.replace("-", "").replace(" ", "")
            self.assertNotIn(CARD, digits)
        self.assertIn("card_number", told[len(spellings)])


if __name__ == "__main__":
    unittest.main()

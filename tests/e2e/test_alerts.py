"""Every alert we hand out reads metrics that exist and has a runbook."""

import os
import re
import unittest

import harness

DOCS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs")


def read(*path):
    with open(os.path.join(DOCS, *path), encoding="utf-8") as file:
        return file.read()


class AlertsTest(harness.EndToEndTest):

    def setUp(self):
        super().setUp()
        rules = read("alerts", "tidemark.yml")
        self.names = re.findall(r"- alert: (\w+)$", rules, re.M)
        self.exprs = re.findall(r"^ +expr: (.+)$", rules, re.M)
        self.anchors = re.findall(r"runbook: docs/runbooks\.md#(\w+) ", rules)

    def test_each_has_its_runbook(self):
        self.assertTrue(self.names)
        self.assertEqual(self.anchors, [name.lower() for name in self.names])
        self.assertEqual(re.findall(r"^## (\w+)$", read("runbooks.md"), re.M), self.names)

    def test_each_parses_and_reads_what_is_exported(self):
        self.assertEqual(len(self.exprs), len(self.names))
        server = self.tidemark()
        server.start()
        server.wait_ready()
        exported = server.request("/metrics").text
        for expr in self.exprs:
            with self.subTest(expr):
                server.query(expr)
                metrics = re.findall(r"tidemark_\w+", expr)
                self.assertTrue(metrics)
                for metric in metrics:
                    self.assertRegex(exported, rf"(?m)^{metric}[ {{]")
                for label in re.findall(r'\w+="\w+"', expr):
                    self.assertIn(label, exported)


if __name__ == "__main__":
    unittest.main()

"""Metrics of OpenTelemetry over HTTP: what a Collector's otlphttp exporter sends."""

import gzip
import struct
import time
import unittest

import harness
from remote_write import field, varint
from remote_write_v2 import double, number

NOW_MS = int(time.time() * 1000) - 60_000
HEADERS = {"Content-Type": "application/x-protobuf", "Content-Encoding": "gzip"}


def fixed64(field_number, value):
    return varint(field_number << 3 | 1) + struct.pack("<Q", value)


def attribute(key, value):
    return field(1, key.encode()) + field(2, field(1, value.encode()))


def number_point(value, t_ms=NOW_MS, **attributes):
    return (fixed64(3, t_ms * 1_000_000) + double(4, value) +
            b"".join(field(7, attribute(k, v)) for k, v in attributes.items()))


def metric(name, unit, kind):
    return field(1, name.encode()) + field(2, b"Help.") + field(3, unit.encode()) + kind


def gauge(*points):
    return field(5, b"".join(field(1, p) for p in points))


def counter(*points):
    return field(7, b"".join(field(1, p) for p in points) + number(2, 2) + number(3, 1))


def request(resource, *metrics):
    attributes = b"".join(field(1, attribute(k, v)) for k, v in resource.items())
    return field(1, field(1, attributes) + field(2, b"".join(field(2, m) for m in metrics)))


class OtlpTest(harness.EndToEndTest):

    def setUp(self):
        super().setUp()
        self.server = self.tidemark(
            "--set", "otlp.promote_resource_attributes=[cloud.region]").start()
        self.server.wait_ready()

    def export(self, *metrics, headers=None):
        resource = {"service.name": "api", "service.instance.id": "i-1", "cloud.region": "eu"}
        return self.server.request("/api/v1/otlp/v1/metrics",
                                   gzip.compress(request(resource, *metrics)),
                                   {**HEADERS, **(headers or {})})

    def test_metrics_are_found_by_their_prometheus_names(self):
        reply = self.export(metric("room.temperature", "Cel", gauge(number_point(21.5, room="a"))),
                            metric("requests", "1", counter(number_point(7))))
        self.assertEqual((reply.status, reply.body), (200, b""))
        at = NOW_MS / 1000
        result = self.server.query("room_temperature_celsius", at=at)
        self.assertEqual(result[0]["value"][1], "21.5")
        self.assertEqual(result[0]["metric"],
                         {"__name__": "room_temperature_celsius", "cloud_region": "eu",
                          "instance": "i-1", "job": "api", "room": "a"})
        joined = self.server.query("requests_total * on (job, instance) group_left target_info",
                                   at=at)
        self.assertEqual(joined[0]["value"][1], "7")
        metadata = self.server.request("/api/v1/metadata?metric=requests_total").json["data"]
        self.assertEqual(metadata["requests_total"][0]["type"], "counter")

    def test_what_is_refused_is_counted(self):
        reply = self.export(metric("good", "", gauge(number_point(1))),
                            metric("...", "", gauge(number_point(1))))
        self.assertEqual(reply.status, 200)
        self.assertIn(b"not translatable from OTLP", reply.body)
        self.assertEqual(len(self.server.query("good", at=NOW_MS / 1000)), 1)
        self.assertEqual(self.export(headers={"Content-Type": "application/json"}).status, 415)


if __name__ == "__main__":
    unittest.main()

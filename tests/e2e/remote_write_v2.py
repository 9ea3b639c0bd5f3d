"""A remote-write 2.0 request by hand: what a sender puts on the wire."""

import struct

from remote_write import field, snappy, varint

HEADERS = {
    "Content-Type": "application/x-protobuf;proto=io.prometheus.write.v2.Request",
    "Content-Encoding": "snappy",
    "X-Prometheus-Remote-Write-Version": "2.0.0",
    "User-Agent": "tidemark-e2e",
}
WRITTEN = "X-Prometheus-Remote-Write-%s-Written"
COUNTER, HISTOGRAM = 1, 3


def number(field_number, value):
    return varint(field_number << 3) + varint(value)


def double(field_number, value):
    return varint(field_number << 3 | 1) + struct.pack("<d", value)


class Request:
    def __init__(self):
        self.symbols = [""]
        self.all_series = []

    def ref(self, text):
        if text not in self.symbols:
            self.symbols.append(text)
        return self.symbols.index(text)

    def _refs(self, labels):
        return field(1, b"".join(varint(self.ref(text))
                                 for pair in sorted(labels.items()) for text in pair))

    def series(self, labels, samples=(), histograms=(), exemplars=(), metadata=None, created=0):
        """`samples`: (milliseconds, value, start); `histograms`: encoded;
        `exemplars`: (labels, milliseconds, value); `metadata`: (type, help, unit)."""
        out = self._refs(labels)
        for t, value, start in samples:
            out += field(2, double(1, value) + number(2, t) + number(3, start))
        for histogram in histograms:
            out += field(3, histogram)
        for exemplar_labels, t, value in exemplars:
            out += field(4, self._refs(exemplar_labels) + double(2, value) + number(3, t))
        if metadata:
            kind, text, unit = metadata
            out += field(5, number(1, kind) + number(3, self.ref(text)) + number(4, self.ref(unit)))
        if created:
            out += number(6, created)
        self.all_series.append(out)
        return self

    def body(self):
        return (b"".join(field(4, s.encode()) for s in self.symbols) +
                b"".join(field(5, s) for s in self.all_series))

    def send(self, server, timeout=30):
        """The Reply, and what its headers say was written."""
        reply = server.request("/api/v1/write", snappy(self.body()), HEADERS, timeout=timeout)
        return reply, [int(reply.headers[WRITTEN % what])
                       for what in ("Samples", "Histograms", "Exemplars")]


def histogram(t, start=0):
    """Of 3 observations: one of 0, two in the bucket that ends at 2."""
    return (number(1, 3) + double(3, 3.5) + double(5, 0.001) + number(6, 1) +
            field(11, number(1, 2) + number(2, 1)) + field(12, varint(4)) + number(15, t) +
            number(17, start))

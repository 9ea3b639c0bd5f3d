"""A remote-write 1.0 request by hand: what a sender puts on the wire."""

import struct

HEADERS = {
    "Content-Type": "application/x-protobuf",
    "Content-Encoding": "snappy",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
    "User-Agent": "tidemark-e2e",
}


def varint(number):
    number &= (1 << 64) - 1
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(number, payload):
    """A length-delimited protobuf field."""
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def series(labels, samples):
    """`labels`: pairs, or a dict that is sorted; `samples`: (milliseconds, value)."""
    if isinstance(labels, dict):
        labels = sorted(labels.items())
    out = b"".join(field(1, field(1, name.encode()) + field(2, value.encode()))
                   for name, value in labels)
    for t, value in samples:
        out += field(2, b"\x09" + struct.pack("<d", value) + b"\x10" + varint(t))
    return field(1, out)


def snappy(data):
    """A snappy block that holds `data` as literals."""
    out = bytearray(varint(len(data)))
    for at in range(0, len(data), 65536):
        piece = data[at:at + 65536]
        out += b"\xf4" + struct.pack("<H", len(piece) - 1) + piece
    return bytes(out)


def write(server, *all_series, headers=None, timeout=30):
    """Sends them in one request; returns the Reply."""
    return server.request("/api/v1/write", snappy(b"".join(all_series)),
                          {**HEADERS, **(headers or {})}, timeout=timeout)

#!/usr/bin/env python3
"""Random queries over random data: Tidemark and Prometheus must answer alike.

    compat/random_queries.py --tidemark build/release/tidemark --queries 2000

Starts both servers (Prometheus from $PATH, 2.42 of Debian 12 or newer), sends
both the same samples by remote write, asks both the same queries, and prints
each that is answered differently.  Exit code 1 if there is any.

What has changed since Prometheus 2.42 is kept out:
  windows are left-open now     no sample and no step of a subquery lies on the
                                border of a window: samples are taken at odd
                                milliseconds, queries 13 s past half minutes
  start of counters             zero bounds the extrapolation after the gap does: so
                                counters never come near zero, and rate and increase
                                are not asked of subqueries
  series that come to have the  2.42 refuses some that may be merged now: an error
  same labels                   of its own about labels does not count
  comparisons                   2.42 looks for many matches among what passes only
  predict_linear under @        is not taken for the same at all steps any more
  atan2                         kept the metric's name
  stddev and stdvar of Inf      were 0, or whatever came of it; now NaN
  ties and NaN in topk, order   values hardly repeat; answers are compared by labels
  native histograms, annotations, experimental functions, UTF-8 names
"""

import argparse
import json
import math
import random
import shutil
import socket
import struct
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

STALE = struct.pack("<Q", 0x7FF0000000000002)
TOLERANCE = 1e-9


# ---------------------------------------------------------------- remote write


def varint(n):
    n &= (1 << 64) - 1
    out = bytearray()
    while n >= 0x80:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def field(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def encode_sample(t, v):
    value = STALE if v is None else struct.pack("<d", v)
    return b"\x09" + value + b"\x10" + varint(t)


def encode_series(labels, samples):
    out = b""
    for name, value in sorted(labels.items()):
        out += field(1, field(1, name.encode()) + field(2, value.encode()))
    for t, v in samples:
        out += field(2, encode_sample(t, v))
    return field(1, out)


def snappy(data):
    """The block format, literals only."""
    out = bytearray(varint(len(data)))
    for i in range(0, len(data), 60):
        part = data[i : i + 60]
        out.append(len(part) - 1 << 2)
        out += part
    return bytes(out)


def write(base, series):
    body = snappy(b"".join(encode_series(labels, samples) for labels, samples in series))
    headers = {
        "Content-Type": "application/x-protobuf",
        "Content-Encoding": "snappy",
        "X-Prometheus-Remote-Write-Version": "0.1.0",
    }
    urllib.request.urlopen(urllib.request.Request(base + "/api/v1/write", body, headers)).read()


# ---------------------------------------------------------------- data


def times(rng, start, end):
    """Every 15 s with jitter, gaps now and then; never on a whole second."""
    t = start + rng.randrange(15_000)
    while t < end:
        jittered = t + rng.randrange(-2000, 2000)
        yield jittered if jittered % 1000 else jittered + 1
        t += 15_000
        if rng.random() < 0.01:
            t += rng.randrange(30_000, 600_000)


def counter(rng, at):
    value = rng.uniform(1e6, 2e6)
    for t in at:
        value += rng.random() * 100 if rng.random() > 0.2 else 0
        if rng.random() < 0.01:
            value = rng.uniform(1e6, 1.2e6)
        yield t, value


def gauge(rng, at):
    value = rng.uniform(-50, 50)
    for t in at:
        value += rng.gauss(0, 5)
        special = rng.random()
        if special < 0.003:
            yield t, None
        elif special < 0.005:
            yield t, rng.choice([math.inf, -math.inf, math.nan])
        else:
            yield t, value


def buckets(rng, labels, at):
    at = list(at)
    bounds = ["0.1", "0.5", "1", "5", "+Inf"]
    counts = [1e6 + i for i in range(len(bounds))]
    rows = []
    for t in at:
        hit = rng.randrange(len(bounds))
        for i in range(hit, len(bounds)):
            counts[i] += rng.randrange(1, 50) if i == hit else 0
        for i in range(1, len(bounds)):
            counts[i] = max(counts[i], counts[i - 1])
        rows.append((t, list(counts)))
    for i, bound in enumerate(bounds):
        name = {"__name__": "latency_bucket", "le": bound, **labels}
        yield name, [(t, row[i]) for t, row in rows]


def make_data(rng, start, end):
    series = []
    for job in "ab":
        for instance in "123":
            labels = {"job": job, "instance": instance}
            for name, kind in [("hits_total", counter), ("errors_total", counter), ("heat", gauge)]:
                if rng.random() < 0.1:
                    continue
                samples = list(kind(rng, times(rng, start, end)))
                series.append(({"__name__": name, **labels}, samples))
            series.extend(buckets(rng, labels, times(rng, start, end)))
        info = [(t, 1.0) for t in times(rng, start, end)]
        series.append(({"__name__": "build", "job": job, "version": rng.choice("xy")}, info))
    return series


# ---------------------------------------------------------------- queries

COUNTER_FUNCTIONS = ["irate", "resets"]
WINDOW_FUNCTIONS = (
    "delta idelta deriv changes avg_over_time sum_over_time min_over_time max_over_time "
    "count_over_time stddev_over_time stdvar_over_time last_over_time present_over_time"
).split()
FLOAT_FUNCTIONS = (
    "abs ceil floor exp ln log2 log10 sqrt sgn sin cos tan asin acos atan sinh cosh tanh asinh acosh "
    "atanh deg rad round timestamp absent sort sort_desc"
).split()
DATE_FUNCTIONS = (
    "hour minute month year day_of_week day_of_month day_of_year days_in_month"
).split()
AGGREGATIONS = "sum avg count min max group stddev stdvar".split()
RANGES = ["1m", "90s", "5m", "7m30s", "20m"]


class Queries:
    def __init__(self, rng, now):
        self.rng = rng
        self.now = now
        self.inside = False  # a subquery: one in another has its windows on whole steps

    def pick(self, *options):
        return self.rng.choice(options)

    def modifiers(self):
        at = self.rng.random()
        text = ""
        if at < 0.05:
            text += f" @ {self.now - 600}"
        elif at < 0.08:
            text += self.pick(" @ start()", " @ end()")
        if self.rng.random() < 0.15:
            text += " offset " + self.pick("1m", "5m", "-2m", "30s")
        return text

    def selector(self, name=None):
        name = name or self.pick("hits_total", "errors_total", "heat", "heat", "latency_bucket")
        matcher = self.pick("", "", '{job="a"}', '{instance=~"1|2"}', '{job!="b"}', '{le!="5"}')
        return name + matcher

    def scalar(self, depth):
        kind = self.rng.randrange(6)
        if depth <= 0 or kind < 3:
            return self.pick("0", "1", "2.5", "-3", "0.5", "1e6", "Inf", "NaN", "100")
        if kind == 3:
            return self.pick("time()", "pi()")
        if kind == 4:
            return f"scalar({self.vector(depth - 1)})"
        op = self.pick("+", "-", "*", "/", "%", "^", "atan2", "== bool", "< bool")
        return f"({self.scalar(depth - 1)} {op} {self.scalar(depth - 1)})"

    def window(self, depth, counters=False):
        if depth > 0 and not self.inside and self.rng.random() < 0.25:
            self.inside = True
            inner = self.vector(depth - 1)
            self.inside = False
            step = self.pick("30s", "1m", "2m")
            span = self.pick("3m", "5m", "10m")
            return f"({inner})[{span}:{step}]{self.modifiers()}"
        name = self.pick("hits_total", "errors_total", "latency_bucket") if counters else None
        return f"{self.selector(name)}[{self.pick(*RANGES)}]{self.modifiers()}"

    def grouping(self):
        labels = ", ".join(self.rng.sample(["job", "instance", "le"], self.rng.randrange(3)))
        return self.pick("", f" by ({labels})", f" without ({labels})")

    def call(self, depth):
        kind = self.rng.randrange(10)
        if kind < 3:
            if self.rng.random() < 0.6:
                return f"{self.pick('rate', 'increase')}({self.window(0, counters=True)})"
            return f"{self.pick(*COUNTER_FUNCTIONS)}({self.window(depth - 1, counters=True)})"
        if kind < 5:
            return f"{self.pick(*WINDOW_FUNCTIONS)}({self.window(depth - 1)})"
        if kind == 5:
            return self.pick(
                f"quantile_over_time({self.scalar(1)}, {self.window(depth - 1)})",
                f"predict_linear({self.selector()}[{self.pick(*RANGES)}], {self.scalar(0)})",
                f"absent_over_time({self.window(depth - 1)})",
                f"histogram_quantile({self.scalar(0)}, sum by (le, job) "
                f"(rate(latency_bucket[{self.pick(*RANGES)}])))",
            )
        if kind == 6 and self.rng.random() < 0.2:
            # Of times only: what a date of Inf or NaN is depends on the processor in Go.
            return f"{self.pick(*DATE_FUNCTIONS)}(timestamp({self.selector()}) * {self.pick('1', '0.7', '-1')})"
        v = self.vector(depth - 1)
        if kind == 6:
            return self.pick(
                f"clamp({v}, {self.scalar(0)}, {self.scalar(0)})",
                f"clamp_min({v}, {self.scalar(1)})",
                f"clamp_max({v}, {self.scalar(1)})",
                f"round({v}, {self.pick('0.1', '5', '3')})",
                f"vector({self.scalar(depth - 1)})",
                f'label_replace({v}, "x", "$1-", "instance", "(1|2)")',
                f'label_join({v}, "x", "/", "job", "instance")',
            )
        return f"{self.pick(*FLOAT_FUNCTIONS)}({v})"

    def aggregate(self, depth):
        v = self.vector(depth - 1)
        kind = self.rng.randrange(6)
        if kind < 4:
            return f"{self.pick(*AGGREGATIONS)}{self.grouping()} ({v})"
        if kind == 4:
            return f"quantile{self.grouping()} ({self.pick('0', '0.3', '0.9', '1')}, {v})"
        return self.pick(
            f"{self.pick('topk', 'bottomk')}{self.grouping()} ({self.pick('1', '2', '4')}, rate({self.selector('hits_total')}[5m]))",
            f'count_values{self.grouping()} ("v", round({self.selector()}))',
        )

    def binary(self, depth):
        a, b = self.vector(depth - 1), self.vector(depth - 1)
        if self.rng.random() < 0.3:
            b = self.scalar(depth - 1)
            if self.rng.random() < 0.5:
                a, b = b, a
            return f"({a}) {self.pick('+', '-', '*', '/', '%', '^', '<', '>= bool', '!=')} ({b})"
        if self.rng.random() < 0.3:
            return f"({a}) {self.pick('and', 'or', 'unless')}{self.pick('', ' on (job)', ' ignoring (le)')} ({b})"
        if self.rng.random() < 0.2:
            return f"({a}) * on (job) group_left (version) build"
        match = self.pick("", "", " on (job, instance, le)", " ignoring (le)")
        op = self.pick("+", "-", "*", "/", "%", "^", "<", "> bool", "==")
        return f"({a}) {op}{match} ({b})"

    def vector(self, depth):
        kind = self.rng.randrange(10)
        if depth <= 0 or kind < 2:
            return self.selector() + self.modifiers()
        if kind < 6:
            return self.call(depth)
        if kind < 8:
            return self.aggregate(depth)
        return self.binary(depth) if kind == 8 or self.rng.random() < 0.8 else f"-({self.vector(depth - 1)})"


# ---------------------------------------------------------------- answers


def ask(base, path, parameters):
    body = urllib.parse.urlencode(parameters).encode()
    try:
        with urllib.request.urlopen(base + path, body, timeout=60) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        return json.load(error)


def samples_of(answer):
    """Labels → [(time, value)], whatever the type."""
    data = answer["data"]
    if data["resultType"] == "scalar":
        return {(): [data["result"]]}
    return {
        tuple(sorted(s["metric"].items())): s.get("values") or [s["value"]] for s in data["result"]
    }


def near(a, b, scale):
    a, b = float(a), float(b)
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    return a == b or abs(a - b) <= TOLERANCE * max(abs(a), abs(b)) or abs(a - b) <= scale


def difference(query, ours, theirs, scale):
    """None when the two agree."""
    deviation = "stddev" in query or "stdvar" in query
    if theirs["status"] == "error" or ours["status"] == "error":
        if ours["status"] == theirs["status"] or "labelset" in theirs.get("error", ""):
            return None
        if "multiple matches" in ours.get("error", ""):
            return None
        return f"{ours.get('error', 'an answer')} / {theirs.get('error', 'an answer')}"
    a, b = samples_of(ours), samples_of(theirs)
    if a.keys() != b.keys():
        return f"series only ours {list(a.keys() - b.keys())[:3]}, theirs {list(b.keys() - a.keys())[:3]}"
    for labels, points in a.items():
        others = b[labels]
        if [p[0] for p in points] != [p[0] for p in others]:
            return f"{labels}: at other times, {len(points)} / {len(others)}"
        for (t, v), (_, w) in zip(points, others):
            if not near(v, w, scale) and not (v == "NaN" and deviation):
                return f"{labels} at {t}: {v} / {w}"
    return None


# ---------------------------------------------------------------- servers


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    def __init__(self, command, folder):
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        words = [w.format(port=self.port, dir=folder) for w in command]
        self.log = open(folder + ".log", "w")
        self.process = subprocess.Popen(words, stdout=self.log, stderr=self.log)
        for _ in range(300):
            try:
                urllib.request.urlopen(self.base + "/-/ready").read()
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit(f"{words[0]} does not become ready: {folder}.log")

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()


def run(options, folder):
    with open(f"{folder}/prometheus.yml", "w") as config:
        config.write("global: {}\n")
    prometheus = [
        options.prometheus, f"--config.file={folder}/prometheus.yml", "--storage.tsdb.path={dir}",
        "--web.listen-address=127.0.0.1:{port}", "--web.enable-remote-write-receiver",
        "--enable-feature=promql-negative-offset,promql-at-modifier",
    ]  # fmt: skip
    tidemark = [
        options.tidemark, "serve", "--listen", "127.0.0.1:{port}", "--data", "{dir}",
    ]  # fmt: skip
    servers = []
    try:
        servers.append(Server(tidemark, f"{folder}/tidemark"))
        servers.append(Server(prometheus, f"{folder}/prometheus"))
        return compare(options, *[s.base for s in servers])
    finally:
        for server in servers:
            server.stop()


def compare(options, ours, theirs):
    rng = random.Random(options.seed)
    now = int(time.time()) // 1800 * 1800 - 1800 + 13
    for labels, samples in make_data(rng, (now - 3000) * 1000, (now + 300) * 1000):
        for base in (ours, theirs):
            write(base, [(labels, samples)])
    queries = Queries(rng, now)
    different = refused = empty = 0
    for i in range(options.queries):
        query = queries.vector(options.depth)
        if rng.random() < 0.5:
            path, parameters = "/api/v1/query", {"query": query, "time": now}
        else:
            parameters = {"query": query, "start": now - 1200, "end": now, "step": rng.choice([30, 60, 120])}
            path = "/api/v1/query_range"
        a, b = ask(ours, path, parameters), ask(theirs, path, parameters)
        refused += b["status"] == "error"
        empty += b["status"] != "error" and not samples_of(b)
        reason = difference(query, a, b, options.scale)
        if reason:
            different += 1
            print(f"{query}\n  {path} {parameters.get('step', '')}: {reason}", flush=True)
    print(f"{options.queries} queries, {refused} refused and {empty} empty; {different} differ")
    return 1 if different else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tidemark", default="build/release/tidemark")
    parser.add_argument("--prometheus", default=shutil.which("prometheus") or "prometheus")
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--depth", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=float, default=1e-9, help="absolute difference that is none")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        raise SystemExit(run(options, folder))


if __name__ == "__main__":
    main()

"""One server under one load, from an empty folder to a restart after SIGKILL."""

import json
import os
import shutil
import signal
import statistics
import subprocess
import time
import urllib.parse

import check
import servers
from process_stats import cpu_seconds

GENERATOR = os.environ.get("LOAD_GENERATOR",
                           os.path.join(servers.ROOT, "build/release/load_generator"))


def measure(server_name, dataset, options):
    folder = os.path.join(options.folder, f"{dataset.name}-{server_name}")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    server = servers.BY_NAME[server_name](folder, dataset)
    record = {"server": server_name, "dataset": dataset.name, "series": dataset.series}
    try:
        record |= run(server, dataset, options)
    except (RuntimeError, OSError, AssertionError, subprocess.SubprocessError) as error:
        record["error"] = f"{type(error).__name__}: {error}"[:600]
    finally:
        if server.running():
            server.stop(signal.SIGKILL)
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    return record


def run(server, dataset, options):
    server.start_and_wait()
    record = {"empty": server.snapshot()}
    record |= load(server, dataset)
    expected = record.pop("expected")
    if not dataset.kill:
        server.settle(options.settle)
        record["settled"] = server.snapshot()
        record["check"] = check.check(server, expected)
        if record["check"]["found"]:
            record["queries"] = [ask(server, query, expected, options.query_seconds)
                                 for query in dataset.queries]
    if dataset.kill or record["check"]["found"]:
        record["restart"] = kill_and_restart(server, expected)
    if dataset.kill:
        record["check"] = check.check(server, expected)
    return record


def load(server, dataset):
    """Runs the generator; looks at the server whenever it pauses to encode."""
    command = [GENERATOR, "--port", str(server.port), "--end", str(int(time.time()) // 60 * 60),
               *dataset.generator_options()]
    progress = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as generator:
        for line in generator.stdout:
            told = json.loads(line)
            if "expected" not in told:
                progress.append(told | server.snapshot())
    if generator.returncode != 0:
        raise RuntimeError(f"load generator: exit code {generator.returncode}")
    if told["refused"] and not told["accepted"]:
        raise RuntimeError(f"nothing accepted: {told['statuses']} {told['first_refusal']}")
    return {"expected": told.pop("expected"), "load": told, "progress": progress}


def ask(server, query, expected, seconds):
    """Repeats it for `seconds`, twice at least: milliseconds (median) and CPU
    milliseconds of the server per query."""
    end = expected["end_ms"] // 1000
    start = max(end - query.seconds, expected["start_ms"] // 1000)
    times, results = [], 0
    cpu, begin = cpu_seconds(server.pid), time.monotonic()
    while len(times) < 2 or time.monotonic() - begin < seconds:
        before = time.monotonic()
        reply = server.request("/api/v1/query_range" if query.step else "/api/v1/query",
                               form(query, start, end), timeout=180)
        times.append(time.monotonic() - before)
        if reply.status != 200:
            return {"title": query.title, "error": f"{reply.status} {reply.text[:200]}"}
        results = len(reply.json["data"]["result"])
    cpu = cpu_seconds(server.pid) - cpu
    return {"title": query.title, "ms": 1000 * statistics.median(times),
            "cpu_ms": 1000 * cpu / len(times), "n": len(times), "results": results}


def form(query, start, end):
    params = {"query": query.expr, "nocache": 1, "timeout": "120s"}
    if query.step:
        params |= {"start": start, "end": end, "step": query.step}
    else:
        params |= {"time": end}
    return urllib.parse.urlencode(params).encode()


def kill_and_restart(server, expected):
    """Seconds until it is ready, and until it knows every sample of one series
    (None: it has lost some)."""
    server.stop(signal.SIGKILL)
    begin = time.monotonic()
    ready = server.start_and_wait()
    one = expected["series"][0]
    answer = None
    while answer is None and time.monotonic() - begin < 20 + 2 * ready:
        if check.samples_of(server, one, expected) == one["samples"]:
            answer = time.monotonic() - begin
        else:
            time.sleep(0.02)
    return {"ready": ready, "answer": answer, "cpu": cpu_seconds(server.pid),
            "rss": server.snapshot()["memory"]["rss"]}

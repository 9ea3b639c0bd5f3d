"""What the end-to-end tests share: processes on free ports, and HTTP to them."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

TIDEMARK = os.environ.get("TIDEMARK", "build/release/tidemark")
PROMETHEUS = os.environ.get("PROMETHEUS", "build/peers/root/usr/bin/prometheus")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def wait_until(condition, what, timeout=60):
    """Polls: the tests have no other way to learn what a process is doing."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError(f"not within {timeout} s: {what}")


class Reply:
    def __init__(self, status, body, headers):
        self.status, self.body, self.headers = status, body, headers

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    @property
    def json(self):
        return json.loads(self.body)


class Process:
    """A program in the background, its output in a file of the test's folder."""

    def __init__(self, name, folder, command):
        self.name = name
        self.log_path = os.path.join(folder, name + ".log")
        self.command = command
        self.process = None

    def start(self):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log)
        return self

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def running(self):
        return self.process is not None and self.process.poll() is None

    def stop(self, how=signal.SIGTERM, timeout=30):
        """Ends it and returns its exit code; negative: the signal that ended it."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError(f"{self.name} did not end within {timeout} s:\n{self.log()}")
        return self.process.returncode


class HttpProcess(Process):
    def __init__(self, name, folder, command, port):
        super().__init__(name, folder, command)
        self.url = f"http://127.0.0.1:{port}"
        self.port = port

    def request(self, path, data=None, headers=None, method=None, timeout=30):
        request = urllib.request.Request(self.url + path, data=data, headers=headers or {},
                                         method=method)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as reply:
                return Reply(reply.status, reply.read(), reply.headers)
        except urllib.error.HTTPError as error:
            with error:
                return Reply(error.code, error.read(), error.headers)

    def ready(self):
        try:
            return self.request("/-/ready", timeout=2).status == 200
        except OSError:
            if not self.running():
                raise AssertionError(f"{self.name} ended early:\n{self.log()}") from None
            return False

    def wait_ready(self):
        wait_until(self.ready, f"{self.name} ready", 60)
        return self

    def query(self, expr, at=None, **params):
        """The result of an instant query; `at` in seconds."""
        params = {"query": expr, **({"time": at} if at is not None else {}), **params}
        return self._answer("/api/v1/query", params)

    def query_range(self, expr, start, end, step):
        return self._answer("/api/v1/query_range",
                            {"query": expr, "start": start, "end": end, "step": step})

    def _answer(self, path, params):
        form = urllib.parse.urlencode(params).encode()
        reply = self.request(path, form)
        if reply.status != 200:
            raise AssertionError(f"{self.name} {path} {params}: {reply.status} {reply.text}")
        return reply.json["data"]["result"]


class EndToEndTest(unittest.TestCase):
    """Gives each test a folder and ends what it started."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tidemark-e2e-")
        self.processes = []

    def tearDown(self):
        for process in reversed(self.processes):
            if process.running():
                process.stop(signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def run_process(self, process):
        self.processes.append(process)
        return process.start()

    def tidemark(self, *options, port=None, data=None, name="tidemark"):
        """A `tidemark serve` that is not started yet."""
        port = port or free_port()
        data = data or os.path.join(self.folder, "data")
        command = [TIDEMARK, "serve", "--listen", f"127.0.0.1:{port}", "--data", data, *options]
        process = HttpProcess(name, self.folder, command, port)
        self.processes.append(process)
        return process

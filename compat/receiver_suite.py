#!/usr/bin/env python3
"""Runs upstream's suite for receivers of remote write 2.0 against Tidemark.

The suite is remotewrite/receiver of github.com/prometheus/compliance; it is not
part of this repository, and needs Go:

    git clone https://github.com/prometheus/compliance
    compat/receiver_suite.py build/release/tidemark compliance/remotewrite/receiver

Prints how many of its cases passed, and each that did not; exit code 1 if any.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def wait_ready(url, seconds=30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url + "/-/ready", timeout=2):
                return
        except (OSError, urllib.error.HTTPError):
            time.sleep(0.05)
    sys.exit("Tidemark did not get ready; see its log above")


def run_suite(suite, config):
    """Its cases by outcome: pass, fail, skip."""
    done = subprocess.run(["go", "test", "-count=1", "-json", "./..."], cwd=suite,
                          env={**os.environ, "PROMETHEUS_RW2_COMPLIANCE_CONFIG_FILE": config},
                          stdout=subprocess.PIPE, text=True, check=False)
    cases = {"pass": [], "fail": [], "skip": []}
    for line in done.stdout.splitlines():
        event = json.loads(line)
        if event.get("Test") and event["Action"] in cases:
            cases[event["Action"]].append(event["Test"])
    return cases


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    binary, suite = (os.path.abspath(path) for path in sys.argv[1:])
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="tidemark-receiver-") as folder:
        config = os.path.join(folder, "config.yml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(f"remote_write:\n  - name: tidemark\n    url: {url}/api/v1/write\n")
        server = subprocess.Popen([binary, "serve", "--listen", f"127.0.0.1:{port}",
                                   "--data", os.path.join(folder, "data")])
        try:
            wait_ready(url)
            cases = run_suite(suite, config)
        finally:
            server.terminate()
            server.wait()
    print(f"{len(cases['pass'])} passed, {len(cases['fail'])} failed, "
          f"{len(cases['skip'])} skipped")
    for name in cases["fail"] + cases["skip"]:
        print("  not passed:", name)
    sys.exit(0 if cases["pass"] and not cases["fail"] else 1)


if __name__ == "__main__":
    main()

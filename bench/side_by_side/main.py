"""tools/bench: runs every server on every load and prints the tables."""

import argparse
import json
import os
import sys

import datasets
import measure
import report
import servers


def arguments():
    names = ", ".join(f"{d.name} ({d.title})" for d in datasets.ALL)
    parser = argparse.ArgumentParser(
        prog="tools/bench",
        description="Tidemark beside Debian's prometheus and victoria-metrics: the same load on "
        "each, one after the other, and what it cost.",
        epilog=f"Data sets: {names}; memory: M100 and M400.")
    parser.add_argument("--datasets", default="S1,S2,S3,S3n,S4,S5,S1L,memory")
    parser.add_argument("--servers", default=",".join(servers.BY_NAME))
    parser.add_argument("--reps", type=int, default=1, help="repetitions; tables show the median")
    parser.add_argument("--scale", type=float, default=1, help="of the number of series")
    parser.add_argument("--settle", type=float, default=60,
                        help="seconds at most to wait for a server to come to rest")
    parser.add_argument("--query-seconds", type=float, default=1,
                        help="for which each query is repeated")
    parser.add_argument("--keep", action="store_true", help="leave the data folders")
    parser.add_argument("--folder", default=os.path.join(servers.ROOT, "build/bench"),
                        help="for data while a server runs; on the disk to be measured")
    parser.add_argument("--out", help="file for all figures, as JSON")
    parser.add_argument("--report", metavar="FILE", help="print the tables of a file of --out")
    return parser.parse_args()


def machine():
    with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as cpuinfo:
        models = [line.split(":")[1].strip() for line in cpuinfo if line.startswith("model name")]
    return {"cpu": models[0] if models else "unknown", "cores": os.cpu_count(),
            "memory_gib": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30,
            "kernel": os.uname().release}


def outcome(record):
    if "error" in record:
        return "FAILED: " + record["error"]
    found, expected = record["check"]["found"], record["check"]["expected"]
    return f"{record['load']['accepted']} samples sent, {found:.0f} of {expected} found"


def run(options):
    result = {"machine": machine(), "scale": options.scale, "runs": []}
    for dataset in datasets.chosen(options.datasets, options.scale):
        for rep in range(options.reps):
            for server in options.servers.split(","):
                record = measure.measure(server, dataset, options) | {"rep": rep}
                result["runs"].append(record)
                print(f"{dataset.name} {server}: {outcome(record)}", file=sys.stderr, flush=True)
                if options.out:
                    with open(options.out, "w", encoding="utf-8") as file:
                        json.dump(result, file, indent=1)
    return result


def main():
    options = arguments()
    if options.report:
        with open(options.report, encoding="utf-8") as file:
            result = json.load(file)
    else:
        for name in options.servers.split(","):
            if name not in servers.BY_NAME:
                raise SystemExit(f"no server {name}; there are {', '.join(servers.BY_NAME)}")
        result = run(options)
    print(report.tables(result))
    ours = [r for r in result["runs"] if r["server"] == "tidemark"]
    return 0 if all("error" not in r and not r["check"]["wrong"] for r in ours) else 1


if __name__ == "__main__":
    sys.exit(main())

"""The figures of a run as tables, the servers side by side."""

import statistics

import datasets
import servers

KIB, MIB = 1024, 2**20


def samples(record):
    return record["load"]["accepted"]


def cpu(record, until="settled"):
    end = record["settled"] if until == "settled" else record["progress"][-1]
    return max(end["cpu"] - record["empty"]["cpu"], 0.01)


def after_first_scrape(record):
    first, last = record["progress"][0], record["progress"][-1]
    return (last["samples"] - first["samples"]) / max(last["cpu"] - first["cpu"], 0.01)


def first_scrape_us(record):
    first = record["progress"][0]
    return 1e6 * (first["cpu"] - record["empty"]["cpu"]) / record["series"]


def rss(record, when):
    at = record["settled"] if when == "settled" else record["progress"][-1]
    return at["memory"]["rss"] - record["empty"]["memory"]["rss"]


def written(record, kind):
    return record["settled"]["written"][kind] - record["empty"]["written"][kind]


# Rows: title, value of a record, whether more is better.
ROWS = [
    ("samples per CPU-second, settled", lambda r: samples(r) / cpu(r), True),
    ("samples per CPU-second, while loading", lambda r: samples(r) / cpu(r, "loaded"), True),
    ("the same after the first scrape", after_first_scrape, True),
    ("first scrape, CPU us per series", first_scrape_us, False),
    ("samples per second", lambda r: samples(r) / r["load"]["seconds"], True),
    ("request p50, ms", lambda r: r["load"]["p50_ms"], False),
    ("request p99, ms", lambda r: r["load"]["p99_ms"], False),
    ("peak RSS, MiB", lambda r: r["settled"]["memory"]["peak_rss"] / MIB, False),
    ("RSS per series loaded, KiB", lambda r: rss(r, "loaded") / KIB / r["series"], False),
    ("RSS per series settled, KiB", lambda r: rss(r, "settled") / KIB / r["series"], False),
    ("disk bytes per sample", lambda r: r["settled"]["disk"] / r["check"]["found"], False),
    ("device bytes written per sample", lambda r: written(r, "device") / samples(r), False),
    ("bytes passed to write() per sample", lambda r: written(r, "calls") / samples(r), False),
    ("kill -9 to first correct answer, s", lambda r: r["restart"]["answer"], False),
    ("CPU-seconds of that restart", lambda r: r["restart"]["cpu"], False),
]
KILL_ROWS = [
    ("kept after SIGKILL, %", lambda r: 100 * r["check"]["found"] / r["check"]["expected"], True),
    ("ready after, s", lambda r: r["restart"]["ready"], False),
    ("first correct answer after, s", lambda r: r["restart"]["answer"], False),
    ("CPU-seconds of that restart", lambda r: r["restart"]["cpu"], False),
]


def median(values):
    values = [value for value in values if value is not None]
    return statistics.median(values) if values else None


def text(value):
    if value is None:
        return "-"
    if abs(value) >= 1e6:
        return f"{value / 1e6:.2f}M"
    if abs(value) >= 1e4:
        return f"{value / 1e3:.0f}k"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def ratio(ours, theirs, more_is_better):
    """How many times better we are; below 1: they are."""
    if not ours or not theirs:
        return "-"
    return f"{ours / theirs if more_is_better else theirs / ours:.2g}x"


def table(head, rows):
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |"
             for row in [head, *rows]]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def side_by_side(rows, runs):
    """`rows`: as ROWS; `runs`: of one data set, of servers that stored something."""
    names = [name for name in servers.BY_NAME if any(r["server"] == name for r in runs)]
    compared = "tidemark" in names
    head = ["figure"]
    for name in names:
        head += [servers.BY_NAME[name].title]
        head += ["we are better by"] if compared and name != "tidemark" else []
    body = []
    for title, value, more_is_better in rows:
        values = {name: median([value(r) for r in runs if r["server"] == name]) for name in names}
        cells = [title]
        for name in names:
            cells.append(text(values[name]))
            if compared and name != "tidemark":
                cells.append(ratio(values["tidemark"], values[name], more_is_better))
        body.append(cells)
    return table(head, body)


def query_rows(runs):
    titles = dict.fromkeys(q["title"] for r in runs for q in r.get("queries", []))

    def value_of(title, key):
        return lambda r: next((q.get(key) for q in r.get("queries", []) if q["title"] == title),
                              None)

    return [(f"{title}: {what}", value_of(title, key), False)
            for title in titles for key, what in (("cpu_ms", "CPU ms"), ("ms", "ms"))]


def complaints(runs):
    """What was not as it should be, a line each."""
    lines = []
    for r in runs:
        who = f"{r['server']}: "
        if "error" in r:
            lines.append(who + "FAILED: " + r["error"])
            continue
        if r["load"]["refused"]:
            lines.append(who + f"refused {r['load']['refused']} samples, e.g. "
                         + r["load"]["first_refusal"])
        if r["check"]["wrong"]:
            found, expected = r["check"]["found"], r["check"]["expected"]
            lines.append(who + f"{found:.0f} of {expected} samples found; " +
                         "; ".join(r["check"]["wrong"][:2]))
        lines += [who + f"query {q['title']}: {q['error']}" for q in r.get("queries", [])
                  if "error" in q]
    return lines


def against_s1(runs):
    """Row: CPU per sample relative to S1, where S1 was run too."""
    base = {}
    for name in servers.BY_NAME:
        base[name] = median([cpu(r) / samples(r) for r in runs
                             if r["dataset"] == "S1" and r["server"] == name and "error" not in r])

    def value(r):
        return base[r["server"]] and cpu(r) / samples(r) / base[r["server"]]

    return [("CPU per sample, S1 = 1", value, False)] if any(base.values()) else []


def memory_slope(runs):
    """KiB that a further series costs, from M100 to M400."""
    rows = []
    for name in servers.BY_NAME:
        mine = {d: [r for r in runs if r["dataset"] == d and r["server"] == name
                    and "error" not in r] for d in datasets.GROUPS["memory"]}
        if not all(mine.values()):
            continue
        few, many = mine.values()
        series = many[0]["series"] - few[0]["series"]
        slopes = [(median([rss(r, when) for r in many]) - median([rss(r, when) for r in few]))
                  / series / KIB for when in ("loaded", "settled")]
        rows.append([servers.BY_NAME[name].title, *(text(slope) for slope in slopes)])
    if not rows:
        return ""
    return ("## memory: KiB for each series more, M100 to M400\n\n"
            + table(["server", "loaded", "settled"], rows))


def tables(result):
    runs = result["runs"]
    where = result["machine"]
    out = [f"{where['cores']} cores of {where['cpu']}, {where['memory_gib']:.0f} GiB, Linux "
           f"{where['kernel']}; series x {result['scale']:g}"]
    for name in dict.fromkeys(r["dataset"] for r in runs):
        here = [r for r in runs if r["dataset"] == name]
        dataset = datasets.BY_NAME[name]
        good = [r for r in here if "error" not in r and (dataset.kill or r["check"]["found"])]
        out.append(f"## {name}: {dataset.title}")
        out += ["- " + line for line in complaints(here)]
        if good:
            rows = KILL_ROWS if dataset.kill else ROWS + query_rows(good)
            rows = rows + (against_s1(runs) if name in ("S1L", "S4") else [])
            out.append(side_by_side(rows, good))
    out.append(memory_slope(runs))
    return "\n\n".join(part for part in out if part)

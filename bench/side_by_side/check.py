"""Is the data there?  Every metric's samples are counted, some series are read
value by value; `expected` is what the load generator printed."""

import json


def selector(labels):
    return "{" + ",".join(f"{name}={json.dumps(value)}" for name, value in labels.items()) + "}"


def whole_range(expected):
    """Longer than the data by one step, so that its first sample is inside."""
    ms = expected["end_ms"] - expected["start_ms"] + expected["step_ms"]
    return f"[{ms}ms]"


def number(server, expr, at):
    """0 where there is no answer."""
    result = server.query(expr, at=at, nocache=1, timeout="120s")
    return float(result[0]["value"][1]) if result else 0.0


def samples_of(server, series, expected):
    return number(server, f"count_over_time({selector(series['labels'])}{whole_range(expected)})",
                  expected["end_ms"] / 1000)


def close(a, b):
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b))


def last_value_is(server, series, at):
    result = server.query(selector(series["labels"]), at=at, nocache=1)
    if not result:
        return False
    if not series["buckets"]:
        return close(float(result[0]["value"][1]), series["value"])
    histogram = result[0].get("histogram", [0, {}])[1]
    filled = [b for b in histogram.get("buckets", []) if float(b[3]) > 0]
    return (float(histogram.get("count", -1)) == series["count"]
            and close(float(histogram["sum"]), series["value"])
            and len(filled) == series["buckets"])


def check(server, expected):
    """{"found", "expected": samples, "wrong": texts}"""
    end = expected["end_ms"] / 1000
    found, wrong = 0, []
    for metric, want in expected["metrics"].items():
        got = number(server, f"sum(count_over_time({metric}{whole_range(expected)}))", end)
        found += got
        if got != want:
            wrong.append(f"{metric}: {got:.0f} samples of {want}")
    for series in expected["series"]:
        got = samples_of(server, series, expected)
        if got != series["samples"]:
            wrong.append(f"{series['labels']}: {got:.0f} samples of {series['samples']}")
        elif not last_value_is(server, series, end):
            wrong.append(f"{series['labels']}: another last value than {series['value']}")
    return {"found": found, "expected": sum(expected["metrics"].values()), "wrong": wrong}

"""The loads, and the questions asked of the server afterwards."""

from dataclasses import dataclass, replace

DAY = 86400
REQUESTS = "card_auth_requests_total"
BUCKETS = "card_auth_request_duration_seconds_bucket"
NATIVE = "card_auth_latency_seconds"


@dataclass(frozen=True)
class Query:
    """Over the last `seconds` of the data by `step`; an instant query without."""
    title: str
    expr: str
    seconds: int = 0
    step: int = 0


@dataclass(frozen=True)
class Dataset:
    name: str
    title: str
    series: int
    scrapes: int
    interval: int = 15  # seconds
    native: bool = False
    wide: bool = True
    per_request: int = 1  # samples of a series
    late: float = 0
    duplicates: float = 0
    churn: float = 0  # share of instances replaced per hour
    kill: bool = False  # SIGKILL right after the last acknowledgement
    queries: tuple = ()

    def scaled(self, factor):
        return replace(self, series=max(20, round(self.series * factor)))

    def generator_options(self):
        options = ["--series", self.series, "--scrapes", self.scrapes, "--interval", self.interval,
                   "--samples-per-series", self.per_request, "--late", self.late,
                   "--duplicates", self.duplicates, "--churn", self.churn]
        options += ["--native-histograms"] if self.native else []
        options += [] if self.wide else ["--narrow"]
        return [str(option) for option in options]


def rate(window):
    return f"sum by (endpoint) (rate({REQUESTS}[{window}]))"


def classic_p95(window):
    return f"histogram_quantile(0.95, sum by (le, endpoint) (rate({BUCKETS}[{window}])))"


def native_p95(window):
    return f"histogram_quantile(0.95, sum by (endpoint) (rate({NATIVE}[{window}])))"


RECENT_FLOATS = (
    Query("rate by endpoint, now", rate("5m")),
    Query("rate by endpoint, 15 min at 15 s", rate("5m"), 900, 15),
    Query("classic p95, 15 min at 15 s", classic_p95("5m"), 900, 15),
)
RECENT_NATIVE = (
    Query("native p95, now", native_p95("5m")),
    Query("native p95, 15 min at 15 s", native_p95("5m"), 900, 15),
)
LONG_FLOATS = (
    Query("rate by endpoint, 24 h at 1 min", rate("5m"), DAY, 60),
    Query("rate by endpoint, 90 d at 1 h", rate("1h"), 90 * DAY, 3600),
    Query("classic p95, 90 d at 1 h", classic_p95("1h"), 90 * DAY, 3600),
)
LONG_NATIVE = (
    Query("native p95, 24 h at 1 min", native_p95("5m"), DAY, 60),
    Query("native p95, 90 d at 1 h", native_p95("1h"), 90 * DAY, 3600),
)

S1 = Dataset("S1", "100,000 float series, 30 scrapes at 15 s", 100_000, 30, queries=RECENT_FLOATS)
ALL = [
    S1,
    replace(S1, name="S1L", title="S1 for 3 h of data time: 720 scrapes", scrapes=720),
    Dataset("S2", "5,000 native histograms, 60 scrapes at 15 s", 5_000, 60, native=True,
            queries=RECENT_NATIVE),
    Dataset("S3", "500 float series, 90 days at 1 min, 30 samples of a series in a request",
            500, 90 * 1440, 60, wide=False, per_request=30, queries=LONG_FLOATS),
    Dataset("S3n", "100 native histograms, 90 days at 1 min, 30 samples of a series in a request",
            100, 90 * 1440, 60, native=True, wide=False, per_request=30, queries=LONG_NATIVE),
    replace(S1, name="S4", title="S1 with 10% late, 5% duplicates, a fifth of instances replaced "
            "per hour", late=0.10, duplicates=0.05, churn=0.2),
    Dataset("S5", "20,000 float series, 30 scrapes; SIGKILL after the last acknowledgement",
            20_000, 30, kill=True),
    Dataset("K1M", "1,000,000 float series, 15 scrapes; SIGKILL after the last acknowledgement",
            1_000_000, 15, kill=True),
    Dataset("M100", "memory: 100,000 float series, 480 scrapes", 100_000, 480),
    Dataset("M400", "memory: 400,000 float series, 480 scrapes", 400_000, 480),
]
BY_NAME = {dataset.name: dataset for dataset in ALL}
GROUPS = {"memory": ["M100", "M400"]}


def chosen(names, scale):
    """`names`: comma-separated; `memory` is M100 and M400."""
    out = []
    for name in names.split(","):
        for member in GROUPS.get(name, [name]):
            if member not in BY_NAME:
                raise SystemExit(f"no data set {member}; there are {', '.join(BY_NAME)}, memory")
            out.append(BY_NAME[member].scaled(scale))
    return out

"""The aims of `make bench`: what each figure should be, and whether it is.

Each row of AIMS is the group that measures it, the figure's name, what it is, its unit, and its limit
as a text: "<= 2" or ">= 0.8". In a name, "of X" is the ratio to X. A figure that nobody has set is
printed as "not measured".
"""
import operator

# The earlier revision that everyday rates are compared with: "<= 0.50" is at most half of its cost.
# Where it is not built, these two are not measured.
BEFORE = "a5f8b07"

AIMS = [
    ("everyday", "redis", "10,000/s: Redis's CPU added, of before", "", "<= 0.33"),
    ("everyday", "own", "10,000/s: duyetd's CPU, of before", "", "<= 0.50"),
    ("everyday", "p50", "10,000/s: p50", "ms", "<= 1.00"),
    ("everyday", "p99", "10,000/s: p99", "ms", "<= 2.00"),
    ("everyday", "slow-p50", "1,000/s: p50, of --linger 0", "", "<= 1.10"),
    ("everyday", "slow-p99", "1,000/s: p99, of --linger 0", "", "<= 1.10"),
    ("everyday", "lone-p50", "50/s: p50, of --linger 0", "", "<= 1.10"),
    ("everyday", "script", "50/s: the script that settles one comment", "µs", "<= 18.0"),
    ("drain", "unseen", "drain: approves unjudged, of bare", "", ">= 0.65"),
    ("drain", "tenth", "drain: rejects every tenth, of bare", "", ">= 0.80"),
    ("drain", "tenth-cpu", "drain: the same, by Redis's CPU", "", ">= 0.80"),
    ("drain", "judged", "drain: 1,000 patterns, of rejects every tenth", "", ">= 0.97"),
    ("drain", "sizes", "drain: 10,000 patterns, of 10", "", ">= 0.98"),
    ("drain", "python", "drain: duyetd, of the Python worker", "", ">= 20.0"),
    ("drain", "node", "drain: duyetd, of the Node worker", "", ">= 20.0"),
    ("latency", "half-p99", "half the highest rate: p99, of every tenth", "", "<= 1.10"),
    ("latency", "half-echo", "half the highest rate: p99, of XADD, XREAD", "", "<= 2.00"),
    ("reload", "reload", "reload: the slowest verdict is later by", "ms", "<= 5.00"),
    ("backlog", "backlog", "backlog of 1,000,000: peak memory", "MiB", "<= 16.0"),
    ("judging", "judging", "judging 267 bytes, by bench/judge", "µs", "<= 2.50"),
    ("judging", "hostile", "hostile texts: the slowest, of prose", "", "<= 3.00"),
    ("judging", "command", "duyetd judge: thousands a second and core", "", ">= 334"),
    ("lists", "lists-seconds", "100,000 phrases: CPU time of loading", "s", "<= 2.00"),
    ("lists", "lists-mib", "100,000 phrases: peak memory", "MiB", "<= 200"),
]

HOLDS = {"<=": operator.le, ">=": operator.ge}


class Aims:
    def __init__(self):
        self.figures = {}

    def set(self, name, figure):
        if name not in (row[1] for row in AIMS):
            raise KeyError(name)
        self.figures[name] = figure

    def holds(self, name, limit):
        """Whether the figure, rounded as the limit is written, meets it; None: not measured."""
        if name not in self.figures:
            return None
        sign, number = limit.split()
        return HOLDS[sign](float(self.shown(name, limit)), float(number))

    def shown(self, name, limit):
        """With the digits of the limit."""
        digits = len(limit.partition(".")[2])
        return f"{self.figures[name]:.{digits}f}"

    def missed(self, group):
        """The names of the aims of a group that are not met."""
        return [what for part, name, what, _, limit in AIMS if part == group and self.holds(name, limit) is False]

    def show(self, only=None):
        """The table: 80 columns at most. `only`: of these figures."""
        said = {True: "met", False: "NOT MET", None: "not measured"}
        print(f"{'':47}{'figure':>8}     {'aim':>7}")
        for _, name, what, unit, limit in AIMS:
            if only is None or name in only:
                figure = self.shown(name, limit) if name in self.figures else "-"
                print(f"{what:47}{figure:>8} {unit:3} {limit:>7} {said[self.holds(name, limit)]}")

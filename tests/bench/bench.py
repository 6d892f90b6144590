"""Measures the speed, and whether it meets the aims: `make bench`, about fifteen minutes.

  ONLY=drains,everyday   some of the parts: see PARTS below
  FULL=1                 longer, with less spread;  SHORT=1: a few seconds; the figures mean nothing
  BASE=                  without building the revision that everyday rates are compared with

One private Redis. Everything that is printed is also in build/bench/results.txt. It ends with a table
of the aims and their figures. After a part with aims that are not met, a profile shows where the time goes: by
perf(1) if it is installed, and by Redis's count of its commands.
"""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import traceback

import drains
import material
import offline
import rates
from aims import BEFORE, Aims
from base import build_base, find_commit
from stage import BUILD, ENTRIES, REDIS_SERVER, ROOT, SHORT, Consumer, Redis

PARTS = {"judging": offline.judging, "lists": offline.lists, "drains": drains.drains, "repeat": drains.repeated,
         "latency": rates.latency, "everyday": rates.everyday, "reload": rates.reload, "backlog": drains.backlog,
         "instances": drains.instances}
BUSY = 0.5  # load of a machine with other work
RESULTS = BUILD / "bench/results.txt"


class Copied:
    """Standard output, and a copy of it in a file."""

    def __init__(self, stream, file):
        self.stream, self.file = stream, file

    def write(self, text):
        self.stream.write(text)
        return self.file.write(text)

    def flush(self):
        self.stream.flush()
        self.file.flush()


class Bench:
    """What the parts share."""

    def __init__(self, directory, before):
        self.directory, self.before, self.aims = directory, before, Aims()
        self.comments = directory / "comments.txt"
        self.comments.write_text("\n".join(material.comments()) + "\n", encoding="utf-8")
        self.rules = {size: material.write_rules(directory / f"rules-{size}", ROOT / "rules/10-site.yaml", size)
                      for size in drains.SIZES}
        self.server = Redis(directory)

    def fill_many(self):
        """The stream that drains copy; it is filled once."""
        if not self.server.client.exists("many:submitted"):
            self.server.fill("many", self.comments, ENTRIES)

    def begin_profile(self, group):
        """Prints which aims of this group are not met. Returns whether to print a profile: also with SHORT=1."""
        missed = self.aims.missed(group)
        if missed:
            print("\nNot met: " + ";\n         ".join(missed) + ".\nA profile of what takes the time:")
        return bool(missed) or SHORT

    def end(self):
        Consumer.end_all()
        self.server.end()


def machine():
    model = [line.split(":", 1)[1].strip() for line in
             pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if line.startswith("model name")]
    version = subprocess.run([REDIS_SERVER, "--version"], capture_output=True, text=True).stdout.split()[2]
    print(f"{os.cpu_count()} cores ({model[0] if model else '?'}), load {os.getloadavg()[0]:.1f},\n"
          f"Redis {version} on a Unix socket, no persistence. Compare ratios, not rates.", flush=True)
    if os.getloadavg()[0] > BUSY:
        print("The machine is busy: times come out too long, and ratios vary.")
    if SHORT:
        print("SHORT=1: the figures mean nothing.")


def wanted():
    names = [name for name in os.environ.get("ONLY", "").split(",") if name] or list(PARTS)
    for name in names:
        if name not in PARTS:
            sys.exit(f"bench: ONLY={name}: expected one or more of {','.join(PARTS)}")
    return names


def before(names):
    """The revision that everyday rates are compared with, built; None where it cannot be."""
    base = os.environ.get("BASE", BEFORE)
    if "everyday" not in names or SHORT or not base:
        return None
    print(f"Building {base}, which everyday rates are compared with.", flush=True)
    try:
        return build_base(find_commit(base), base)
    except (ValueError, OSError) as error:
        print(f"Everyday rates are not compared with {base}: {error}")
        return None


def run(bench, names):
    """Returns the parts that failed. A failure does not stop the others."""
    failed = []
    for name in names:
        start = time.monotonic()
        try:
            PARTS[name](bench)
        except Exception:  # pylint: disable=broad-except
            failed.append(name)
            traceback.print_exc(file=sys.stdout)
        Consumer.end_all()
        print(f"\n({name}: {time.monotonic() - start:.0f} s; load {os.getloadavg()[0]:.1f})", flush=True)
    return failed


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    names = wanted()
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    (BUILD / "bench/consumers.log").write_bytes(b"")
    with open(RESULTS, "w", encoding="utf-8") as file, tempfile.TemporaryDirectory(prefix="duyetd-bench-") as directory:
        sys.stdout = Copied(sys.stdout, file)
        machine()
        bench = Bench(pathlib.Path(directory), before(names))
        try:
            failed = run(bench, names)
        finally:
            bench.end()
        print("\nAims\n----")
        bench.aims.show()
        print(f"\nAll results: {RESULTS}" + (f"\nFAILED: {', '.join(failed)}" if failed else ""))
        sys.stdout = sys.stdout.stream
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""What a process spends its time on: by perf(1), and by Redis's own count of its commands."""
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile

from stage import wait_for

LINES = 15  # of each list
RECORD = ["perf", "record", "-q", "-e", "cpu-clock", "-F", "1999"]


def top(data, columns, count=LINES):
    """The lines of perf-report(1) that take most."""
    report = subprocess.run(["perf", "report", "-i", data, "--stdio", "-g", "none", "--no-children", "--sort", columns],
                            capture_output=True, text=True, errors="replace")
    # Redis's programs are one file, which perf calls by any of its names.
    lines = [re.sub(r"redis-check-\w+", "redis-server   ", line).strip(" -") for line in report.stdout.splitlines()
             if "%" in line and not line.startswith("#")]
    print("\n".join(f"  {line:.76}" for line in lines[:count]) or f"  perf report: {last_line(report.stderr)}")


def last_line(text):
    return (text.strip().splitlines() or ["no samples"])[-1]


def show(name, data):
    print(f"\nCPU of {name}, by library and by function:", flush=True)
    top(data, "dso", 5)
    print()
    top(data, "dso,symbol")


class Recording:
    """Samples a process until end(), which prints what it found."""

    def __init__(self, name, pid, directory):
        self.name, self.data = name, directory / f"{pid}.data"
        self.perf = subprocess.Popen([*RECORD, "-o", self.data, "-p", str(pid)], stdout=subprocess.DEVNULL,
                                     stderr=subprocess.PIPE, text=True, errors="replace")

        wait_for(lambda: self.data.exists() or self.perf.poll() is not None)

    def end(self):
        self.perf.send_signal(signal.SIGINT)
        said = self.perf.communicate(timeout=60)[1]
        if self.data.exists():
            show(self.name, self.data)
        else:
            print(f"\nNo CPU profile of {self.name}: perf record: {last_line(said)}")


def command_costs(client, comments):
    """The commands since CONFIG RESETSTAT. EVALSHA contains the commands that the script calls."""
    stats = client.info("commandstats")
    most = sorted(stats.items(), key=lambda item: -item[1]["usec"])[:LINES]
    print(f"\n{'commands of Redis':24}{'calls a comment':>17}{'µs a call':>12}{'µs a comment':>14}")
    for name, cost in most:
        print(f"{name.removeprefix('cmdstat_'):24}{cost['calls'] / comments:17.3f}"
              f"{cost['usec_per_call']:12.2f}{cost['usec'] / comments:14.2f}")
    print("EVALSHA contains the commands that the script calls.")


def have_perf():
    if shutil.which("perf"):
        return True
    print("\nNo CPU profile: perf is not installed (Debian: linux-perf).")
    return False


def processes(pids, client, work, comments):
    """Runs `work`, which handles `comments` comments, and prints what the processes {name: pid} and Redis's
    commands cost."""
    with tempfile.TemporaryDirectory(prefix="duyetd-perf-") as name:
        recordings = [Recording(called, pid, pathlib.Path(name)) for called, pid in pids.items()] if have_perf() else []
        client.config_resetstat()
        work()
        for one in recordings:
            one.end()
        command_costs(client, comments)


def command(name, arguments):
    """Prints what a command spends its time on."""
    if not have_perf():
        return
    with tempfile.TemporaryDirectory(prefix="duyetd-perf-") as directory:
        data = pathlib.Path(directory) / "data"
        done = subprocess.run([*RECORD, "-o", data, "--", *map(str, arguments)], stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True, errors="replace")
        if data.exists():
            show(name, data)
        else:
            print(f"\nNo CPU profile of {name}: {last_line(done.stderr)}")

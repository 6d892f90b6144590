#!/usr/bin/python3
"""Checks the systemd units: systemd parses them without a warning and rates their exposure at 1.0 or
less; the template equals the plain unit except for its instance; no unit starts a program that a Debian
may lack."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNITS = [ROOT / "systemd" / name for name in ("duyetd.service", "duyetd@.service")]
MOST_EXPOSED = 1.0

# The lines that only the template has.
INSTANCE = {"Description=Moderation of comments (duyetd, %i)", "Environment=DUYETD_PREFIX=%i",
            "EnvironmentFile=-/etc/duyetd/%i.env"}


def exposure(unit):
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", unit],
                          capture_output=True, text=True)
    figure = re.search(r"Overall exposure level for .*: ([0-9.]+)", done.stdout)
    return float(figure.group(1)) if figure else 10.0


def complaints(unit):
    """The messages of `systemd-analyze verify` about the file itself; manual pages and binary are not
    installed."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = pathlib.Path(scratch) / unit.name.replace("@", "@comments")
        text = unit.read_text().replace("/usr/bin/duyetd", "/bin/true")
        copy.write_text(re.sub("^Documentation=.*\n", "", text, flags=re.M))
        done = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True)
        return [line for line in done.stderr.splitlines() if scratch in line]


def foreign_programs(unit):
    """Programs that come neither with duyetd nor with a package of every Debian."""
    return set(re.findall(r"^Exec\w+=[-@:+!]*(\S+)", unit.read_text(), re.M)) - {
        "/usr/bin/duyetd", "/bin/sh"}


def directives(unit):
    return {line for line in unit.read_text().splitlines() if line and line[0] != "#"}


def main():
    if not shutil.which("systemd-analyze"):
        print("no systemd-analyze here (package systemd)")
        return 77
    bad = []
    for unit in UNITS:
        figure = exposure(unit)
        print(f"{unit.name}: exposure {figure}")
        if figure > MOST_EXPOSED:
            bad.append(f"{unit.name}: exposure {figure} is above {MOST_EXPOSED}")
        bad += complaints(unit)
        bad += [f"{unit.name}: starts {program}" for program in foreign_programs(unit)]
    plain, template = map(directives, UNITS)
    if template - plain != INSTANCE:
        bad.append(f"the template differs in {sorted(template - plain)}")
    if len(plain - template) != 1:
        bad.append(f"the template lacks {sorted(plain - template)}")
    print("\n".join(bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

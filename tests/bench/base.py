"""Another revision of this project, built beside the tree."""
import os
import subprocess

from stage import BUILD, ROOT


class Side:
    """A revision: its tree and what was built from it."""

    def __init__(self, name, tree, build):
        self.name, self.rules = name, tree / "rules"
        self.duyetd, self.bench_judge = build / "duyetd", build / "bench/judge"


def git(*arguments):
    return subprocess.run(["git", "-C", ROOT, *arguments], check=True, capture_output=True)


def find_commit(name):
    try:
        return git("rev-parse", "--verify", f"{name}^{{commit}}").stdout.decode().strip()
    except subprocess.CalledProcessError:
        raise ValueError(f"BASE={name}: expected a revision of this repository") from None


def build_base(commit, name):
    """The files of `commit` in a directory of their own, and built there as this tree was."""
    tree = BUILD / "guard" / commit
    if not tree.is_dir():
        fresh = tree.with_suffix(".new")
        fresh.mkdir(parents=True, exist_ok=True)
        subprocess.run(["tar", "-x", "-C", fresh], input=git("archive", commit).stdout, check=True)
        fresh.rename(tree)
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "BUILD")}
    made = subprocess.run(["make", "-j2", "BUILD=build", "build/duyetd", "build/bench/judge"], cwd=tree,
                          env=environment, capture_output=True, text=True)
    if made.returncode:
        raise ValueError(f"{name} does not build, see {tree}:\n{made.stderr[-2000:]}")
    return Side(name, tree, tree / "build")

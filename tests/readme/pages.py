"""The README pages, and the code blocks in them that tests run.

A block is run when the line before it is `<!-- run: NAME -->`. A name stands for all blocks of
that name on one page, in their order.
"""
import re
import subprocess

from website import PATIENCE, ROOT

# Not those of other folders that happen to be here, such as a copy of the rules.
PAGES = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
         for folder in (".", "rules", "src", "systemd", "tests")
         for path in sorted((ROOT / folder).glob("README*.md"))}
BLOCK = re.compile(r"<!-- run: ([a-z ]+) -->\n```\w+\n(.*?)```", re.S)


def blocks(page, name):
    found = [code for marker, code in BLOCK.findall(PAGES[page]) if marker == name]
    assert found, f"{page} has no block marked {name}"
    return found


def paste(site, code):
    """What a shell prints for a block."""
    done = subprocess.run(["bash", "-e", "-o", "pipefail", "-c", code], cwd=ROOT, env=site.env,
                          capture_output=True, text=True, errors="replace", timeout=PATIENCE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not re.search(r"^(ERR|WRONGTYPE|NO\w+) ", done.stdout, re.M), done.stdout
    return done.stdout

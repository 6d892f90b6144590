"""Texts through the real binary: `duyetd judge` with rules written for the purpose."""

import json
import os
import subprocess
import tempfile

BINARY = os.path.join(os.environ.get("BUILD", "build"), "duyetd")


def judge(texts, rules):
    """The verdicts of `texts`, in order, by the rules directory `rules`."""
    lines = "".join(json.dumps({"id": str(i), "text": t}) + "\n" for i, t in enumerate(texts))
    run = subprocess.run([BINARY, "judge", "--rules", rules], input=lines.encode(),
                         stdout=subprocess.PIPE, check=True)
    verdicts = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(verdicts) == len(texts), "a line in, a line out"
    return verdicts


def judge_by(texts, yaml):
    """The same by the rules in `yaml`."""
    with tempfile.TemporaryDirectory() as rules:
        with open(os.path.join(rules, "rules.yaml"), "w", encoding="utf-8") as file:
            file.write(yaml)
        return judge(texts, rules)


def quote(text):
    """A YAML scalar."""
    return json.dumps(text, ensure_ascii=False)

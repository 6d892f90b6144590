"""Reads the corpora."""

import glob
import json
import os


def load(directory, pattern):
    """The rows of the files that match, each with the name of its `file`; [] if there are none."""
    rows = []
    for path in sorted(glob.glob(os.path.join(directory, pattern))):
        with open(path, encoding="utf-8") as file:
            rows += [dict(json.loads(line), file=os.path.basename(path)) for line in file]
    return rows

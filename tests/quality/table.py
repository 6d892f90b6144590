"""The table that `make quality` prints."""

import sys


def row(what, wrong, count, limit):
    """One line; `limit` is a percentage."""
    if not count:
        return print(f"{'-':>16}  {'':>8}  {'':>6}   {what}: no data")
    share = 100 * wrong / count
    mark = " " if share <= limit else "!"
    print(f"{wrong:>7} of {count:>6}  {share:>7.2f}%  {limit:>5}% {mark} {what}")


def show(texts):
    if "-v" in sys.argv:
        for text in texts:
            print("            ", repr(text[:150]))

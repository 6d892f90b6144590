"""The table that `make quality` prints."""

import sys


def row(what, wrong, count, limit):
    """One line; `limit` is the most that may be wrong, in percent."""
    line(what, wrong, count, f"{limit}%", count and 100 * wrong / count <= limit)


def row_of_few(what, wrong, count, most):
    """The same where `most` is a number of cases."""
    line(what, wrong, count, most, wrong <= most)


def line(what, wrong, count, limit, reached):
    if not count:
        return print(f"{'-':>16}  {'':>8}  {'':>6}   {what}: no data")
    print(f"{wrong:>7} of {count:>6}  {100 * wrong / count:>7.2f}%  {limit:>6} {' ' if reached else '!'} {what}")


def show(texts):
    show_rows([repr(text[:150]) for text in texts])


def show_rows(lines):
    """Printed only with -v."""
    if "-v" in sys.argv:
        for one in lines:
            print("            ", one)

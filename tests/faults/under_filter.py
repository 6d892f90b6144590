#!/usr/bin/python3
"""Runs a program under the system call filter of a systemd unit.

    under_filter.py UNIT PROGRAM [ARGUMENT…]

SystemCallFilter=, MemoryDenyWriteExecute= and RestrictAddressFamilies= are taken from the
unit, the sets of calls from `systemd-analyze syscall-filter`, and passed to libseccomp as
systemd does. One difference: a denied call kills the program here, so that the test
sees it. Memory that is writable and executable, and addresses of other families, are
refused with an error as under systemd, since libraries try these and can do without them.
"""
import ctypes
import errno
import os
import pathlib
import re
import subprocess
import sys

KILL, ALLOW = 0x80000000, 0x7fff0000
NOT_EQUAL, MASKED_EQUAL = 1, 7
PROT_WRITE, PROT_EXEC = 2, 4
FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10}


class Compare(ctypes.Structure):
    _fields_ = [("argument", ctypes.c_uint), ("operation", ctypes.c_int),
                ("first", ctypes.c_uint64), ("second", ctypes.c_uint64)]


def refuse(error):
    return 0x00050000 | error


def members(name):
    """The calls of a set such as @system-service."""
    if not name.startswith("@"):
        return {name}
    text = subprocess.run(["systemd-analyze", "syscall-filter", name], check=True,
                          capture_output=True, text=True).stdout
    calls = set()
    for word in re.findall(r"^ +(@?[a-z0-9_-]+)", text, re.M):
        calls |= members(word)
    return calls


def settings(unit, key):
    return re.findall(rf"^{key}=(.*)$", unit, re.M)


def allowed_calls(unit):
    """In the order of the lines: a plain one adds, one with ~ takes away."""
    calls = members("@default")
    for line in settings(unit, "SystemCallFilter"):
        for name in line.lstrip("~").split():
            calls = calls - members(name) if line.startswith("~") else calls | members(name)
    return calls


class Filter:
    def __init__(self):
        self.library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
        self.library.seccomp_init.restype = ctypes.c_void_p
        self.filter = ctypes.c_void_p(self.library.seccomp_init(ctypes.c_uint32(KILL)))

    def number(self, call):
        return self.library.seccomp_syscall_resolve_name(call.encode())

    def rule(self, action, call, *compares):
        array = (Compare * len(compares))(*compares)
        done = self.library.seccomp_rule_add_array(
            self.filter, ctypes.c_uint32(action), self.number(call), len(compares), array)
        if done:
            raise OSError(-done, f"{call}: {os.strerror(-done)}")

    def load(self):
        done = self.library.seccomp_load(self.filter)
        if done:
            raise OSError(-done, "seccomp_load")


def build(unit):
    result = Filter()
    restricted = {"mmap", "mprotect", "socket"}
    for call in sorted(allowed_calls(unit) - restricted):
        if result.number(call) >= 0:
            result.rule(ALLOW, call)
    writable = PROT_WRITE | PROT_EXEC
    for prot in range(8):
        made_executable = prot & PROT_EXEC
        bad = "yes" in settings(unit, "MemoryDenyWriteExecute")
        same = Compare(2, MASKED_EQUAL, 7, prot)
        result.rule(refuse(errno.EPERM) if bad and prot & writable == writable else ALLOW, "mmap", same)
        result.rule(refuse(errno.EPERM) if bad and made_executable else ALLOW, "mprotect", same)
    families = settings(unit, "RestrictAddressFamilies")[0].split()
    numbers = [FAMILIES[name] for name in families]
    for family in range(64):
        action = ALLOW if family in numbers else refuse(errno.EAFNOSUPPORT)
        result.rule(action, "socket", Compare(0, MASKED_EQUAL, 0xffffffff, family))
    return result


def main():
    unit = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
    ready = build(unit)
    ready.load()
    os.execv(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()

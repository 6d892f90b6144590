#!/usr/bin/python3
"""Checks the Debian package: the same bytes from another directory, umask and time zone; its files and
dependencies; the hardening of its binary."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]

HOLDS = {"./usr/bin/duyetd", "./usr/lib/systemd/system/duyetd.service",
         "./usr/lib/systemd/system/duyetd@.service", "./usr/share/man/man1/duyetd.1.gz",
         "./usr/share/man/man5/duyetd-rules.5.gz", "./usr/share/man/man7/duyetd-redis.7.gz",
         "./etc/duyetd/duyetd.env", "./etc/duyetd/rules/10-site.yaml", "./usr/share/doc/duyetd/copyright",
         "./usr/share/doc/duyetd/README.md", "./usr/share/doc/duyetd/rules/README.vi.md",
         "./usr/share/doc/duyetd/systemd/README.md", "./usr/share/doc/duyetd/tests/clients/ask.py",
         "./usr/share/doc/duyetd/duyetd.acl", "./usr/lib/duyetd/cut-open-multi.sh",
         "./usr/share/doc/duyetd/redis-server.service.d/duyetd.conf",
         "./usr/share/doc/duyetd/valkey-server.service.d/duyetd.conf", "./usr/share/zsh/site-functions/_duyetd",
         "./usr/share/bash-completion/completions/duyetd"}
# What the binary is linked with, as systemd/README.md, Security, says.
LINKED = {"libc", "libm", "libevent_core-2.1", "libhiredis", "libicuuc", "libpcre2-8", "libhs", "libyaml-0",
          "libmd", "libpsl"}
LINKED_FOR_TLS = {"libhiredis_ssl", "libssl", "libcrypto"}
ASKS = ["libc6", "libevent-", "libhiredis", "libicu", "libpcre2-8", "libyaml", "libpsl"]

problems = []


def expect(condition, words):
    if not condition:
        problems.append(words)


def output(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


def build(directory, umask, zone):
    """Runs plain `make deb` in a directory; returns the package's path."""
    env = {name: value for name, value in os.environ.items()
           if name in ("PATH", "HOME", "SOURCE_DATE_EPOCH")}
    done = subprocess.run(["make", "--no-print-directory", "-j2", "deb"], cwd=directory,
                          env={**env, "TZ": zone}, preexec_fn=lambda: os.umask(umask),
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    packages = list((directory / "build").glob("duyetd_*.deb"))
    if done.returncode or len(packages) != 1:
        sys.exit(f"{done.stdout}\nmake deb in {directory}: exit {done.returncode}, {packages}")
    return packages[0]


def copy(target):
    shutil.copytree(ROOT, target, ignore=shutil.ignore_patterns("build", "build-*", ".git",
                                                                "__pycache__"))


def inspect(package):
    entries = [line.split(None, 5) for line in output("dpkg-deb", "-c", package).splitlines()]
    names = {entry[5] for entry in entries}
    expect(HOLDS <= names, f"lacks {sorted(HOLDS - names)}")
    expect({entry[1] for entry in entries} == {"root/root"}, "not all of it is root's")
    expect(not [e for e in entries if re.match(r".....w|........w|...s|......s", e[0])],
           "something is writable by others, or set-uid")

    conffiles = set(output("dpkg-deb", "-I", package, "conffiles").split())
    etc = {name[1:] for name in names if name.startswith("./etc/") and name[-1] != "/"}
    expect(conffiles == etc, f"conffiles and /etc differ: {sorted(conffiles ^ etc)}")

    depends = output("dpkg-deb", "-f", package, "Depends")
    for library in ASKS:
        expect(re.search(rf"(^|, ){re.escape(library)}", depends), f"does not ask for {library}")


def inspect_binary(package, scratch):
    output("dpkg-deb", "-x", package, scratch)
    binary = scratch / "usr/bin/duyetd"
    facts = output("readelf", "-W", "-h", "-l", "-d", binary)
    symbols = output("readelf", "-W", "--dyn-syms", binary)
    expect(re.search(r"Type:\s+DYN", facts), "not position-independent")
    expect(re.search(r"GNU_STACK\s.* RW ", facts), "its stack can be executed")
    expect("GNU_RELRO" in facts and re.search(r"FLAGS_1.*NOW", facts), "not full RELRO")
    expect("__stack_chk_fail" in symbols, "no stack protector")
    expect(re.search(r"__\w+_chk@", symbols.replace("__stack_chk_fail", "")), "not fortified")
    expect("TEXTREL" not in facts and " RWE " not in facts, "code that can be written")
    libraries = set(re.findall(r"NEEDED.*\[(\S+?)\.so", facts))
    expect(LINKED <= libraries <= LINKED | LINKED_FOR_TLS,
           f"systemd/README.md, Security, names other libraries: {sorted(libraries ^ LINKED)}")
    expect("RUNPATH" not in facts and "RPATH" not in facts, "has a run path")
    # Only as a whole path: if the tree is /duyetd, /etc/duyetd does not name it.
    expect(not re.search(rb"(?<![\w.-])" + re.escape(str(ROOT).encode()) + rb"(?![\w.-])", binary.read_bytes()),
           "names the directory it was built in")
    expect("duyetd " in output(binary, "--version"), "does not start")


def main():
    if not shutil.which("dpkg-deb"):
        print("no dpkg-deb here")
        return 77
    if "SOURCE_DATE_EPOCH" not in os.environ:
        os.environ["SOURCE_DATE_EPOCH"] = "1700000000"
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        one, other = scratch / "one", scratch / "deeper" / "other"
        copy(one)
        copy(other)
        first, second = build(one, 0o022, "UTC"), build(other, 0o077, "Asia/Ho_Chi_Minh")
        expect(first.read_bytes() == second.read_bytes(), "two builds differ in their bytes")
        inspect(first)
        inspect_binary(first, scratch / "unpacked")
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

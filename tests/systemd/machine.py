"""A Debian system with its own systemd, for tests of the package: made, booted and examined.

The system is debootstrapped once, below build/systemd, with all that the package depends on. Each
machine is a copy of it in memory (tests/systemd/boot.sh), and without a network.
"""
import functools
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

from helpers import BUILD, ROOT, wait_for

HERE = pathlib.Path(__file__).resolve().parent
CACHE = BUILD / "systemd"
MIRROR = os.environ.get("MIRROR", "http://deb.debian.org/debian")
INCLUDE = "systemd-sysv,dbus,redis-server,procps"
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8",
               "DEBIAN_FRONTEND": "noninteractive", "SYSTEMD_PAGER": "", "SYSTEMD_COLORS": "0"}


class Unable(Exception):
    """Why no machine can be made here."""


def output(*command, **options):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", **options)
    if done.returncode:
        raise RuntimeError(f"{command}: exit {done.returncode}\n{done.stdout}")
    return done.stdout


def release():
    """The code name of this Debian: `make deb` builds the package for it."""
    facts = dict(line.split("=", 1) for line in
                 pathlib.Path("/etc/os-release").read_text(encoding="utf-8").splitlines() if "=" in line)
    if facts.get("ID") != "debian":
        raise Unable("this is not Debian")
    return facts["VERSION_CODENAME"]


def require_namespaces():
    if os.geteuid():
        raise Unable("namespaces and debootstrap need root")
    for program in "debootstrap", "unshare", "nsenter", "dpkg-deb":
        if not shutil.which(program):
            raise Unable(f"{program} is not installed")
    with tempfile.TemporaryDirectory() as scratch:
        try:
            output("unshare", "--pid", "--mount", "--uts", "--ipc", "--net", "--cgroup", "--fork",
                   "mount", "-t", "cgroup2", "cgroup2", scratch)
        except RuntimeError as error:
            raise Unable(f"namespaces are not allowed: {error}") from None


@functools.lru_cache(None)
def package(version=None):
    """The package, built from this tree. With `version`, a package of that version, with one more comment
    in each of its rule files."""
    output("make", "--no-print-directory", "deb", f"BUILD={BUILD}", cwd=ROOT)
    deb, = BUILD.glob("duyetd_*.deb")
    if not version:
        return deb
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
        output("dpkg-deb", "-R", deb, f"{scratch}/root")
        control = pathlib.Path(scratch, "root/DEBIAN/control")
        lines = control.read_text(encoding="utf-8").splitlines()
        lines = [f"Version: {version}" if line.startswith("Version: ") else line for line in lines]
        control.write_text("\n".join(lines) + "\n", encoding="utf-8")
        for rules in pathlib.Path(scratch, "root/etc/duyetd/rules").glob("*.yaml"):
            with rules.open("a", encoding="utf-8") as file:
                file.write("# of the later package\n")
        later = CACHE / "later.deb"
        output("dpkg-deb", "-b", f"{scratch}/root", later)
    return later


def depends(deb):
    """Names of what a package depends on, the first of alternatives."""
    field = output("dpkg-deb", "-f", deb, "Depends")
    return sorted(part.split("|")[0].split()[0] for part in field.split(","))


def base_system(deb):
    """The system that machines are copies of. It is made once, which takes some minutes. The package's
    dependencies are installed again when they change."""
    base, needs = CACHE / release(), " ".join(depends(deb))
    mark = base / "needs"
    CACHE.mkdir(parents=True, exist_ok=True)
    try:
        if not base.exists():
            new = base.with_name(base.name + ".new")
            shutil.rmtree(new, ignore_errors=True)
            output("debootstrap", "--variant=minbase", f"--include={INCLUDE}", release(), new, MIRROR)
            new.rename(base)
        if not mark.exists() or mark.read_text(encoding="ascii") != needs:
            output("chroot", base, "sh", "-c", f"apt-get update && apt-get install -y --no-install-recommends {needs}",
                   env=ENVIRONMENT)
            mark.write_text(needs, encoding="ascii")
    except RuntimeError as error:
        raise Unable(f"cannot make a Debian system from {MIRROR}: {str(error)[-400:]}") from None
    return base


class Machine:
    def __init__(self, base):
        self.scratch = tempfile.mkdtemp(prefix="machine-", dir=CACHE)
        self.console = pathlib.Path(self.scratch + ".log")
        with self.console.open("wb") as console:
            self.process = subprocess.Popen([HERE / "boot.sh", base, self.scratch],
                                            stdin=subprocess.DEVNULL, stdout=console, stderr=console)
        try:
            self.pid = wait_for(self.find_systemd)
            # It may be "degraded": units that cannot start in a container are ignored.
            wait_for(lambda: self.run("systemctl is-system-running").stdout.strip() in ("running", "degraded"))
        except AssertionError:
            self.end()
            raise AssertionError(f"does not boot:\n{self.console.read_text(errors='replace')}") from None

    def find_systemd(self):
        """The process outside that is PID 1 of the machine, a descendant of boot.sh."""
        assert self.process.poll() is None, self.console.read_text(errors='replace')
        for process in descendants(self.process.pid):
            try:
                name = pathlib.Path(f"/proc/{process}/comm").read_text().strip()
            except OSError:
                continue
            if name == "systemd":
                return process
        return None

    def run(self, command):
        """A shell command in the machine."""
        return subprocess.run(["nsenter", "-t", str(self.pid), "-a", "sh", "-c", command],
                              env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace")

    def does(self, command):
        """The output of a command that must succeed."""
        done = self.run(command)
        assert done.returncode == 0, f"{command}: exit {done.returncode}\n{done.stdout}"
        return done.stdout.strip()

    def write(self, path, text, mode=0o644):
        inside = pathlib.Path(f"/proc/{self.pid}/root{path}")
        inside.parent.mkdir(parents=True, exist_ok=True)
        inside.write_text(text, encoding="utf-8")
        inside.chmod(mode)

    def read(self, path):
        return pathlib.Path(f"/proc/{self.pid}/root{path}").read_text(encoding="utf-8")

    def exists(self, path):
        return pathlib.Path(f"/proc/{self.pid}/root{path}").exists()

    def copy(self, file):
        """Puts a file from outside into /root there; its path."""
        shutil.copy(file, f"/proc/{self.pid}/root/root")
        return f"/root/{pathlib.Path(file).name}"

    def show(self, unit, name):
        return self.does(f"systemctl show --value -p {name} {unit}")

    def install(self, deb):
        return self.does("apt-get install -y --allow-downgrades --no-install-recommends "
                         f"-o Dpkg::Options::=--force-confold {self.copy(deb)}")

    def redis(self, *words):
        quoted = " ".join("'" + str(word).replace("'", "'\\''") + "'" for word in words)
        return self.does(f"redis-cli {quoted}")

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.console.unlink(missing_ok=True)


def descendants(pid):
    found = []
    try:
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return found
    for child in children:
        found += [int(child), *descendants(int(child))]
    return found

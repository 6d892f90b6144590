"""A proxy between the daemon and a real Redis that causes a fault at a chosen command.

    proxy = Proxy(server.socket)                     # listens on 127.0.0.1, proxy.port
    hit = proxy.arm("settle", "cut after")           # the next settling runs; its answer never comes
    hit = proxy.arm("xreadgroup", "delay", skip=3, action=lambda: daemon.signal(SIGTERM))
    hit.wait()                                       # until it has happened

    held = proxy.arm("settle", "hold", skip=4)       # the fifth settling runs in Redis …
    with held:                                       # … its answer is held back; cut() loses it …
        daemon.signal(SIGTERM)                       # … and the daemon waits for it meanwhile

A point is a step of the protocol: `connect`, a command's name (`auth`, `xreadgroup`, …), or
for EVALSHA the script's (`settle`, `review`, …). `xreadgroup submitted` and `xreadgroup review` are
those of one stream. Each arming happens once. If the connection ends after its command has come and
before the fault happens, the fault is due again at the next such command. A test gets the proxy by the
fixture `proxy` of conftest.py.
The proxy runs in a thread of its own; all else in here is asyncio's, in that thread.
"""
import asyncio
import hashlib
import threading
from collections import Counter

from helpers import BUILD, PATIENCE

# Faults before Redis has the command …
BEFORE = ["cut", "half", "freeze", "delay", "loading", "busy", "oom", "misconf", "noreplicas",
          "readonly", "noscript", "nogroup", "tryagain"]
# … and after it ran, on the answer's way back.
AFTER = ["cut after", "half after", "freeze after", "split", "garbage", "error after"]
AT_CONNECT = ["cut", "freeze", "delay"]
# Not faults: the test decides when the command goes on. "hold" keeps back the answer of a command
# that ran, "hold request" a command that Redis has not seen yet. Later commands and answers of the
# same connection wait for it; other connections go on.
HOLDS = ["hold", "hold request"]

ERRORS = {
    "loading": "LOADING Redis is loading the dataset in memory",
    "busy": "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
    "oom": "OOM command not allowed when used memory > 'maxmemory'.",
    "misconf": "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to "
               "persist to disk.",
    "noreplicas": "NOREPLICAS Not enough good replicas to write.",
    "readonly": "READONLY You can't write against a read only replica.",
    "noscript": "NOSCRIPT No matching script. Please use EVAL.",
    "nogroup": "NOGROUP No such key 'comments:submitted' or consumer group 'duyetd'",
    "tryagain": "TRYAGAIN Multiple keys request during rehashing of slot",
    "error after": "ERR something that nobody has heard of",
}
DELAY = 0.15  # seconds
FIRST_WORDS = 12  # of a command; the names of its streams are among them


class Cut(Exception):
    """Closes both sides."""


class Frozen(Exception):
    """Sends nothing any more; the other side must detect this by its time-out."""


class Arming:
    def __init__(self, point, kind, skip, action):
        self.point, self.kind, self.skip, self.action = point, kind, skip, action
        self.happened = threading.Event()
        self.released, self.is_cut = asyncio.Event(), False
        self.loop = None  # of the proxy that holds it

    def wait(self, timeout=PATIENCE):
        assert self.happened.wait(timeout), f"{self.kind} at {self.point} never happened"

    def release(self):
        """Lets a held command or answer go on."""
        self.loop.call_soon_threadsafe(self.released.set)

    def __enter__(self):
        self.wait()

    def __exit__(self, *_):
        self.release()

    def cut(self):
        """Ends the connection of a held command or answer, which goes no further."""
        self.is_cut = True
        self.release()

    async def wait_released(self):
        await self.released.wait()
        if self.is_cut:
            raise Cut


class Proxy:
    def __init__(self, upstream):
        self.upstream = str(upstream)
        self.seen = Counter()  # commands by point
        self.fired = Counter()  # faults that happened, by (point, kind)
        self.scripts = {hashlib.sha1(path.read_bytes()).hexdigest(): path.stem
                        for path in (BUILD / "gen").glob("*.lua")}  # as compiled in
        assert self.scripts, f"no scripts in {BUILD / 'gen'}: no settling would be found"
        self.armed, self.lock = [], threading.Lock()
        self.loop = asyncio.new_event_loop()
        self.tasks = set()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.server = self.run(asyncio.start_server(self.serve, "127.0.0.1", 0, limit=1 << 24))
        self.port = self.server.sockets[0].getsockname()[1]

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}"

    def run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(PATIENCE)

    def arm(self, point, kind, skip=0, action=None):
        arming = Arming(point, kind, skip, action)
        arming.loop = self.loop
        with self.lock:
            self.armed.append(arming)
        return arming

    def disarm(self):
        with self.lock:
            self.armed.clear()

    def close(self):
        async def stop():
            self.server.close()
            for task in self.tasks:
                task.cancel()
            await asyncio.gather(*self.tasks, return_exceptions=True)
        self.run(stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def take(self, point, stream=None):
        """The fault at this command, if any: the first arming that is due."""
        self.seen[point] += 1
        with self.lock:
            for arming in self.armed:
                if arming.point not in (point, f"{point} {stream}", "any"):
                    continue
                if arming.skip:
                    arming.skip -= 1
                    continue
                self.armed.remove(arming)
                return arming
        return None

    def happen(self, arming):
        """Called at the moment at which a fault takes effect."""
        self.fired[arming.point, arming.kind] += 1
        if arming.action:
            arming.action()
        arming.happened.set()

    def put_back(self, taken):
        """Faults whose connection ended before they could happen are due again, first."""
        with self.lock:
            self.armed[:0] = [arming for arming in taken if not arming.happened.is_set()]

    def point_of(self, words):
        name = words[0].lower().decode()
        if name == "evalsha":
            return self.scripts.get(words[1].decode(), "some script")
        return name

    @staticmethod
    def stream_of(words):
        """Which of the two streams with a group the command is about."""
        return next((name for name in ("submitted", "review")
                     if any(word.endswith(b":" + name.encode()) for word in words)), None)

    # One connection: requests go up, answers come down, in order.

    async def serve(self, reader, writer):
        task = asyncio.current_task()
        self.tasks.add(task)
        up_writer = None
        try:
            await self.at_connect(reader)
            up_reader, up_writer = await asyncio.open_unix_connection(self.upstream, limit=1 << 24)
            await self.pump(reader, writer, up_reader, up_writer)
        except (Cut, OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self.tasks.discard(task)
            for one in (writer, up_writer):
                if one:
                    one.transport.abort()

    async def at_connect(self, reader):
        fault = self.take("connect")
        if not fault:
            return
        self.happen(fault)
        if fault.kind == "delay":
            await asyncio.sleep(DELAY)
            return
        if fault.kind == "freeze":
            await discard(reader)
        raise Cut

    async def pump(self, reader, writer, up_reader, up_writer):
        expected, taken = asyncio.Queue(), []
        pumps = [asyncio.ensure_future(self.requests(reader, up_writer, expected, taken)),
                 asyncio.ensure_future(self.answers(writer, up_reader, expected))]
        try:
            done, _ = await asyncio.wait(pumps, return_when=asyncio.FIRST_EXCEPTION)
            error = next((one.exception() for one in done if one.exception()), None)
            if isinstance(error, Frozen):
                for one in pumps:
                    one.cancel()
                await asyncio.gather(*pumps, return_exceptions=True)
                await discard(reader)
            raise Cut
        finally:
            for one in pumps:
                one.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            self.put_back(taken)

    async def requests(self, reader, up, expected, taken):
        while True:
            raw, words = await read_command(reader)
            fault = self.take(self.point_of(words), self.stream_of(words))
            kind = fault.kind if fault else None
            if fault:
                taken.append(fault)
            if fault and kind not in AFTER and kind != "hold":
                self.happen(fault)
            if kind == "hold request":
                await fault.wait_released()
            if kind in ERRORS and kind not in AFTER:
                expected.put_nowait((f"-{ERRORS[kind]}\r\n".encode(), None))
                continue
            if kind == "cut":
                raise Cut
            if kind == "freeze":
                raise Frozen
            if kind == "delay":
                await asyncio.sleep(DELAY)
            if kind == "half":
                up.write(raw[:len(raw) // 2])
                await up.drain()
                raise Cut
            up.write(raw)
            expected.put_nowait((None, fault))
            await up.drain()

    async def answers(self, writer, up_reader, expected):
        while True:
            instead, fault = await expected.get()
            raw = instead or await read_answer(up_reader)
            kind = fault.kind if fault else None
            if kind in AFTER or kind == "hold":
                self.happen(fault)
            if kind == "hold":
                await fault.wait_released()
            if kind == "cut after":
                raise Cut
            if kind == "freeze after":
                raise Frozen
            if kind == "half after":
                writer.write(raw[:len(raw) // 2])
                await writer.drain()
                raise Cut
            if kind == "error after":
                raw = f"-{ERRORS[kind]}\r\n".encode()
            if kind == "garbage":
                raw = b"!what is this?\r\n"
            if kind == "split":
                for at in range(len(raw)):
                    writer.write(raw[at:at + 1])
                    await asyncio.sleep(0)
            else:
                writer.write(raw)
            await writer.drain()


async def discard(reader):
    while await reader.read(1 << 16):
        pass


async def read_command(reader):
    """A command's bytes, and its first words."""
    head = await reader.readuntil(b"\r\n")
    raw, words = [head], []
    for _ in range(int(head[1:-2])):
        head = await reader.readuntil(b"\r\n")
        body = await reader.readexactly(int(head[1:-2]) + 2)
        raw += (head, body)
        if len(words) < FIRST_WORDS:
            words.append(body[:-2])
    return b"".join(raw), words


async def read_answer(reader):
    """The bytes of one answer, whatever is nested in it."""
    raw, awaited = [], 1
    while awaited:
        awaited -= 1
        head = await reader.readuntil(b"\r\n")
        raw.append(head)
        if head[:1] == b"$" and head[1:2] != b"-":
            raw.append(await reader.readexactly(int(head[1:-2]) + 2))
        elif head[:1] == b"*" and head[1:2] != b"-":
            awaited += int(head[1:-2])
    return b"".join(raw)

"""Several Redis servers on loopback: a master with replicas and sentinels, and a Cluster."""
import socket
import threading

import redis as redis_py

from helpers import PATIENCE, wait_for
from processes import HOST, Port, RedisServer


class Node(RedisServer):
    """One of several, on a port and on a Unix socket. With `sentinel`, the text of a configuration, it is a
    sentinel."""

    def __init__(self, directory, *options, sentinel=None):
        self.ports = []
        self.port = self.reserve()
        super().__init__(directory / str(self.port), *options)
        self.mode = ["--save", ""]
        self.directory.mkdir()
        if sentinel:
            config = self.directory / "sentinel.conf"
            config.write_text(sentinel, encoding="ascii")
            self.mode = [config, "--sentinel"]

    def reserve(self):
        """The number of a port that is reserved until the node ends."""
        self.ports.append(Port())
        return self.ports[-1].number

    @property
    def socket(self):
        return self.directory / "redis.sock"

    def client(self, **options):
        return redis_py.Redis(HOST, self.port, decode_responses=True, **options)

    def arguments(self):
        return [*self.mode, "--port", str(self.port), "--bind", HOST, "--unixsocket", self.socket]

    def end(self):
        super().end()
        for port in self.ports:
            port.close()

    def role(self):
        """None when it does not reply: sentinels close its connections when they change its role."""
        try:
            return self.client().role()[0]
        except redis_py.ConnectionError:
            return None

    def replicas(self):
        """The state of its replication: the offset of what was written, the state of each replica
        and what it has acknowledged."""
        info = self.client().info("replication")
        return info["master_repl_offset"], [
            (info[key]["state"], info[key]["offset"])
            for key in info if key.startswith("slave") and key[5:].isdigit()]

    def wait_replicated(self, count=1):
        """Waits until this many replicas have all that was written so far, by comparing offsets. A replica
        whose link is up and that is online may get nothing for up to a second. WAIT is not enough either: it
        waits only for what its own connection wrote."""
        def reached():
            written, replicas = self.replicas()
            return replicas == [("online", written)] * count
        wait_for(reached)


class Link:
    """A TCP proxy in front of a server; its connections can be cut and restored."""

    def __init__(self, port):
        self.target, self.whole, self.ends = port, True, []
        self.listener = socket.create_server((HOST, 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            if not self.whole:
                near.close()
                continue
            far = socket.create_connection((HOST, self.target))
            self.ends += (near, far)
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self.pump, args=(one, other), daemon=True).start()

    def pump(self, one, other):
        try:
            self.carry(one, other)
        except OSError:
            pass
        for end in (one, other):
            end.close()

    @staticmethod
    def carry(one, other):
        while data := one.recv(1 << 16):
            other.sendall(data)

    def cut(self):
        self.whole = False
        for end in self.ends:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.ends = []

    def restore(self):
        self.whole = True

    def close(self):
        self.cut()
        self.listener.close()


class Group:
    """Nodes that belong together. If setting up fails, those that were started are ended."""

    def __init__(self, directory, *arguments):
        self.directory, self.started = directory, []
        try:
            self.set_up(*arguments)
        except BaseException:
            self.end()
            raise

    def start_node(self, *options, **how):
        self.started.append(Node(self.directory, *options, **how))
        return self.started[-1].start()

    def end(self):
        for node in reversed(self.started):
            node.end()


class Replicated(Group):
    """A master and its replicas, watched by three sentinels under the name `main`. The sentinels
    fail over when they are told to and at no other time, however slow the master answers."""

    NEVER_MS = 24 * 3600 * 1000

    def set_up(self, replicas=2, *options):
        options = ("--repl-diskless-sync-delay", "0", *options)
        self.master = self.start_node(*options)
        self.replicas = [self.start_node("--replicaof", f"{HOST} {self.master.port}", *options)
                         for _ in range(replicas)]
        wait_for(lambda: [state for state, _ in self.master.replicas()[1]] == ["online"] * replicas)
        self.sentinels = [self.start_node(sentinel=f"""
            sentinel monitor main {HOST} {self.master.port} 2
            sentinel down-after-milliseconds main {self.NEVER_MS}
            sentinel failover-timeout main {self.NEVER_MS}
            """.replace("            ", "")) for _ in range(3)]
        wait_for(self.know_each_other)

    @property
    def url(self):
        hosts = ",".join(f"{HOST}:{sentinel.port}" for sentinel in self.sentinels)
        return f"redis+sentinel://{hosts}/main"

    def know_each_other(self):
        masters = [sentinel.client().sentinel_masters()["main"] for sentinel in self.sentinels]
        return all(m["num-other-sentinels"] == 2 and m["num-slaves"] == len(self.replicas)
                   for m in masters)

    def fail_over(self):
        """Tells the sentinels to make a replica the master, whether the old one runs or not. Returns the node
        that has become master, once all sentinels name it."""
        wait_for(self.begin_failover)
        return wait_for(self.promoted)

    def begin_failover(self):
        try:
            return self.sentinels[0].client().execute_command("SENTINEL", "FAILOVER", "main")
        except redis_py.ResponseError as error:  # no replica is fit yet
            assert "NOGOODSLAVE" in str(error), error
            return False

    def promoted(self):
        named = [sentinel.client().sentinel_get_master_addr_by_name("main")
                 for sentinel in self.sentinels]
        for node in self.replicas:
            if all(name == (HOST, node.port) for name in named) and node.role() == "master":
                return node
        return None


class ClusterNode(Node):
    """A slow node never counts as failed: its replica takes over when it is told to."""

    NEVER_MS = 24 * 3600 * 1000

    def __init__(self, directory, *options):
        super().__init__(directory, *options)
        self.bus_port = self.reserve()

    def arguments(self):
        return [*super().arguments(), "--cluster-enabled", "yes", "--cluster-port", str(self.bus_port),
                "--cluster-node-timeout", str(self.NEVER_MS), "--cluster-require-full-coverage", "no"]

    def take_over(self):
        """Makes a replica whose master is dead the master of its slots."""
        self.client().execute_command("CLUSTER", "FAILOVER", "TAKEOVER")
        wait_for(lambda: self.role() == "master")


class Cluster(Group):
    """Three masters, a third of the slots each. They begin with different epochs, as `redis-cli --cluster
    create` sets them. Else the nodes give themselves one later: a node that has just given a slot away
    may then claim it again with the higher epoch, and the new owner deletes the keys."""

    SLOTS = 16384

    def set_up(self):
        self.nodes = [self.join() for _ in range(3)]
        for i, node in enumerate(self.nodes):
            first, last = i * self.SLOTS // 3, (i + 1) * self.SLOTS // 3 - 1
            node.client().execute_command("CLUSTER", "SET-CONFIG-EPOCH", i + 1)
            node.client().execute_command("CLUSTER", "ADDSLOTSRANGE", first, last)
        self.meet()

    def join(self):
        node = ClusterNode(self.directory, "--repl-diskless-sync-delay", "0")
        self.started.append(node)
        return node.start()

    def meet(self):
        for node in self.started[1:]:
            self.nodes[0].client().execute_command("CLUSTER", "MEET", HOST, node.port, node.bus_port)
        wait_for(lambda: all(self.is_whole(node) for node in self.started))

    def is_whole(self, node):
        """Whether the node knows all others and the owner of each slot. The state alone does not say
        it: without full coverage it is "ok" while slots are unknown."""
        info = node.client().execute_command("CLUSTER", "INFO")
        info = info if isinstance(info, dict) else dict(
            line.split(":") for line in info.split("\r\n") if ":" in line)
        return (info["cluster_state"] == "ok" and int(info["cluster_known_nodes"]) == len(self.started)
                and int(info["cluster_slots_assigned"]) == self.SLOTS)

    def add_replica(self, master):
        """One more node, which has all that the master has."""
        replica = self.join()
        self.meet()
        replica.client().execute_command("CLUSTER", "REPLICATE", self.identity(master))
        wait_for(lambda: replica.client().info("replication").get("master_link_status") == "up")
        return replica

    @property
    def url(self):
        return "redis://" + ",".join(f"{HOST}:{node.port}" for node in self.nodes)

    def slot(self, key):
        return int(self.nodes[0].client().execute_command("CLUSTER", "KEYSLOT", key))

    def owner(self, key):
        """The node that answers for the key's slot."""
        for node in self.started:
            try:
                node.client().exists(key)
                return node
            except (redis_py.ResponseError, redis_py.ConnectionError):
                pass
        raise AssertionError(f"nobody answers for {key}")

    @staticmethod
    def identity(node):
        return node.client().execute_command("CLUSTER", "MYID")

    def others(self, key):
        """The masters that do not have the key's slot."""
        owner = self.owner(key)
        return [node for node in self.nodes if node is not owner]

    def keys(self, key, node):
        """A list with one of the keys that the node has in the key's slot, or an empty list."""
        return node.client().execute_command("CLUSTER", "GETKEYSINSLOT", self.slot(key), 1)

    def migrate(self, key, target, pause=lambda source: None):
        """Moves the key's slot with all in it, as redis-cli --cluster reshard does; `pause` is
        called after each key, and so once more when all keys have moved and the slot has not."""
        source, slot = self.owner(key), self.slot(key)
        at, to = source.client(), target.client()
        to.execute_command("CLUSTER", "SETSLOT", slot, "IMPORTING", self.identity(source))
        at.execute_command("CLUSTER", "SETSLOT", slot, "MIGRATING", self.identity(target))
        while keys := self.keys(key, source):
            at.execute_command("MIGRATE", HOST, target.port, "", 0, int(PATIENCE * 1000), "KEYS", *keys)
            pause(source)
        for node in (target, source, *self.nodes):
            node.client().execute_command("CLUSTER", "SETSLOT", slot, "NODE", self.identity(target))

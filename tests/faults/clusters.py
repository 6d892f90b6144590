"""Several Redis servers on loopback: a master with replicas and sentinels, and a Cluster."""
import socket
import threading

import redis as redis_py

from helpers import wait_for
from processes import RedisServer

HOST = "127.0.0.1"


given = set()


def free_ports(count):
    """Ports nobody listens on, none of them given before, and whose Cluster bus port (10000 higher) exists."""
    probes = []
    while len(probes) < count:
        probe = socket.socket()
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
        if port < 55000 and port not in given:
            given.add(port)
            probes.append(probe)
        else:
            probe.close()
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


class Node(RedisServer):
    """One of several, on a port; a sentinel where `sentinel` is what it watches."""

    def __init__(self, directory, port, *options, sentinel=None):
        super().__init__(directory / str(port), *options)
        self.port, self.mode = port, ["--save", ""]
        self.directory.mkdir()
        if sentinel:
            config = self.directory / "sentinel.conf"
            config.write_text(sentinel, encoding="ascii")
            self.mode = [config, "--sentinel"]

    def client(self, **options):
        return redis_py.Redis(HOST, self.port, decode_responses=True, **options)

    def arguments(self):
        return [*self.mode, "--port", str(self.port), "--bind", HOST]

    def role(self):
        """None where it does not say: sentinels cut its clients when they make it something else."""
        try:
            return self.client().role()[0]
        except redis_py.ConnectionError:
            return None

    def replicas(self):
        """How it stands with its replicas: the offset of what was written, the state of each
        and what it has acknowledged."""
        info = self.client().info("replication")
        return info["master_repl_offset"], [
            (info[key]["state"], info[key]["offset"])
            for key in info if key.startswith("slave") and key[5:].isdigit()]

    def wait_replicated(self, count=1):
        """Until so many replicas have all that was written so far. That a replica's link is up does
        not say it, nor that it is online: for up to a second after both nothing is sent to it. And
        WAIT waits for what its own connection wrote, which is nothing on a new one."""
        def reached():
            written, replicas = self.replicas()
            return replicas == [("online", written)] * count
        wait_for(reached)


class Link:
    """A TCP connection's way to a server, which can be cut and mended."""

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

    def mend(self):
        self.whole = True

    def close(self):
        self.cut()
        self.listener.close()


class Group:
    """Nodes that belong together. Where setting up fails half-way, those that run are ended."""

    def __init__(self, directory, *arguments):
        self.directory, self.started = directory, []
        try:
            self.set_up(*arguments)
        except BaseException:
            self.end()
            raise

    def start_node(self, port, *options, **how):
        self.started.append(Node(self.directory, port, *options, **how))
        return self.started[-1].start()

    def end(self):
        for node in reversed(self.started):
            node.end()


class Replicated(Group):
    """A master and its replicas, watched by three sentinels under the name `main`."""

    def set_up(self, replicas=2, *options):
        options = ("--repl-diskless-sync-delay", "0", *options)
        *ports, self.master_port = free_ports(replicas + 1)
        sentinels = free_ports(3)
        self.master = self.start_node(self.master_port, *options)
        self.replicas = [self.start_node(port, "--replicaof", f"{HOST} {self.master_port}", *options)
                         for port in ports]
        wait_for(lambda: [state for state, _ in self.master.replicas()[1]] == ["online"] * replicas)
        self.sentinels = [self.start_node(port, sentinel=f"""
            sentinel monitor main {HOST} {self.master_port} 2
            sentinel down-after-milliseconds main 1000
            sentinel failover-timeout main 3000
            """.replace("            ", "")) for port in sentinels]
        wait_for(self.know_each_other)

    @property
    def url(self):
        hosts = ",".join(f"{HOST}:{sentinel.port}" for sentinel in self.sentinels)
        return f"redis+sentinel://{hosts}/main"

    def know_each_other(self):
        masters = [sentinel.client().sentinel_masters()["main"] for sentinel in self.sentinels]
        return all(m["num-other-sentinels"] == 2 and m["num-slaves"] == len(self.replicas)
                   for m in masters)

    def promoted(self):
        """The node that has become master, once the sentinels have decided."""
        def look():
            named = [sentinel.client().sentinel_get_master_addr_by_name("main")
                     for sentinel in self.sentinels]
            for node in self.replicas:
                if all(name == (HOST, node.port) for name in named):
                    return node if node.role() == "master" else None
            return None
        return wait_for(look, 60)


class Cluster(Group):
    """Three masters, a third of the slots each."""

    SLOTS = 16384

    def set_up(self):
        self.nodes = [self.join(port) for port in free_ports(3)]
        for i, node in enumerate(self.nodes):
            first, last = i * self.SLOTS // 3, (i + 1) * self.SLOTS // 3 - 1
            node.client().execute_command("CLUSTER", "ADDSLOTSRANGE", first, last)
        self.meet()

    def join(self, port):
        return self.start_node(port, "--cluster-enabled", "yes", "--cluster-node-timeout", "2000",
                          "--cluster-require-full-coverage", "no", "--repl-diskless-sync-delay", "0")

    def meet(self):
        for node in self.started[1:]:
            self.nodes[0].client().execute_command("CLUSTER", "MEET", HOST, node.port)
        wait_for(lambda: all(self.is_whole(node) for node in self.started))

    def is_whole(self, node):
        info = node.client().execute_command("CLUSTER", "INFO")
        info = info if isinstance(info, dict) else dict(
            line.split(":") for line in info.split("\r\n") if ":" in line)
        return info["cluster_state"] == "ok" and int(info["cluster_known_nodes"]) == len(self.started)

    def add_replica(self, master):
        """One more node, which has all that the master has."""
        replica = self.join(*free_ports(1))
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

    def migrate(self, key, target, pause=lambda: None):
        """Moves the key's slot with all in it, as redis-cli --cluster reshard does; `pause` is
        called after each key, and so once more when all keys have moved and the slot has not."""
        source, slot = self.owner(key), self.slot(key)
        at, to = source.client(), target.client()
        to.execute_command("CLUSTER", "SETSLOT", slot, "IMPORTING", self.identity(source))
        at.execute_command("CLUSTER", "SETSLOT", slot, "MIGRATING", self.identity(target))
        while keys := at.execute_command("CLUSTER", "GETKEYSINSLOT", slot, 1):
            at.execute_command("MIGRATE", HOST, target.port, "", 0, 5000, "KEYS", *keys)
            pause()
        for node in (target, source, *self.nodes):
            node.client().execute_command("CLUSTER", "SETSLOT", slot, "NODE", self.identity(target))

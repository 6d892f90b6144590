"""systemd/redis/cut-open-multi.sh: what it cuts, and what it leaves alone."""
import os
import resource

import pytest

from append_only import EXEC, MULTI, AppendOnlyServer, cut_open_multi, settle_one, tear


@pytest.fixture
def server(tmp_path):
    """Killed after it settled an entry; its last append-only file ends with that transaction."""
    server = AppendOnlyServer(tmp_path).start()
    settle_one(server)
    server.kill()
    yield server
    server.end()


def saved(server):
    return sorted(path for path in server.file.parent.iterdir() if ".cut-at-" in path.name)


def assert_unchanged(server, said="", **options):
    """The script changes no file, and says so (or nothing)."""
    before = {path: path.read_bytes() for path in server.file.parent.iterdir()}
    log = cut_open_multi(server, **options)
    assert said in log if said else not log
    assert {path: path.read_bytes() for path in server.file.parent.iterdir()} == before


def assert_cut(server, content, multi):
    """The file ends before its MULTI. The file and the saved part together are the original."""
    log = cut_open_multi(server)
    part, = saved(server)
    assert f"cut an unfinished transaction file={server.file} from={multi} " in log
    assert str(part) in log
    assert server.file.read_bytes() == content[:multi]
    assert part.read_bytes() == content[multi:]
    assert_unchanged(server)
    part.unlink()


def test_clean_file(server):
    assert_unchanged(server)


def test_file_torn_in_its_last_transaction(server):
    """At the first and last bytes of MULTI, at every byte of EXEC, and at every seventh between. An
    incomplete MULTI is cut by Redis itself."""
    content = server.file.read_bytes()
    multi = content.rindex(MULTI)
    opened = multi + len(MULTI)
    for end in multi + 1, multi + 2, opened - 2, opened - 1:
        server.file.write_bytes(content[:end])
        assert_unchanged(server)
    last = len(content) - len(EXEC)
    for end in opened, *range(opened + 1, last, 7), *range(last, len(content)):
        server.file.write_bytes(content[:end])
        assert_cut(server, content[:end], multi)


def test_torn_command_outside_a_transaction(server):
    with server.file.open("ab") as file:
        file.write(b"*3\r\n$3\r\nSET\r\n$5\r\ncolo")
    assert_unchanged(server)


@pytest.mark.parametrize("damage", [
    MULTI + b"*2\r\n$3\r\nDEL\r\n$1\r\nx\r\n" + MULTI,
    MULTI + b"*2\r\n$3\r\nDEL\r\n$1\r\nx__" + EXEC,
    MULTI + b"*2\r\n$3\r\nDEL\r\n$?\r\nx\r\n" + EXEC,
    MULTI + b"*2\r\n:3\r\nDEL\r\n$1\r\nx\r\n",
    MULTI + b"*0\r\n",
    MULTI + b"\0" * 512,
    b"*2\r\n$3\r\nDEL\r\n$1\r\nx__" + MULTI,
    b"\0" * 512,
    EXEC,
])
def test_damage_before_the_end_is_not_changed(server, damage):
    with server.file.open("ab") as file:
        file.write(damage + b"*2\r\n$3\r\nDEL\r\n$1\r\ny\r\n")
    assert_unchanged(server, "damaged before its end")


def test_file_of_a_start_that_kept_half_a_transaction(server):
    """A MULTI inside an open MULTI: the script was installed too late, and both contain verdicts."""
    tear(server.file)
    server.start()
    server.client().eval("redis.call('SET', 'a', 1) redis.call('SET', 'b', 1)", 0)
    server.kill()
    assert_unchanged(server, "damaged before its end")


def test_binary_values_and_annotations(server):
    content = server.file.read_bytes()
    value = bytes(range(256)) + MULTI + EXEC
    torn = (MULTI + b"#TS:1700000000\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$%d\r\n" % len(value) + value +
            b"\r\n*1\r\n$4\r\nPI")
    server.file.write_bytes(content + torn)
    assert_cut(server, content + torn, len(content))


def test_names_from_the_configuration(server):
    content = server.file.read_bytes()
    multi = tear(server.file)
    directory = server.directory / "of data"
    server.file.parent.rename(directory)
    for path in list(directory.iterdir()):
        path.rename(directory / path.name.replace("appendonly.aof", "mine"))
    manifest = directory / "mine.manifest"
    manifest.write_text(manifest.read_text().replace("appendonly.aof", "mine"))
    included = server.directory / "more.conf"
    included.write_text('AppendDirName "of data"\nappendfilename mine\n')
    assert " cut " in cut_open_multi(server, "appenddirname wrong", f"include {included}")
    assert (directory / "mine.1.incr.aof").read_bytes() == content[:multi]


def test_only_the_last_file(server):
    """Only the last file is cut: Redis completed the one before it."""
    multi = tear(server.file)
    first = server.file
    last = first.with_name("appendonly.aof.2.incr.aof")
    last.write_bytes(b"")
    with server.manifest.open("a") as manifest:
        manifest.write(f"file {last.name} seq 2 type i\n")
    assert server.file == last
    assert_unchanged(server)
    last.write_bytes(first.read_bytes())
    assert_cut(server, last.read_bytes(), multi)


def test_file_of_a_running_server(server):
    server.start()
    with server.file.open("ab") as file:
        file.write(MULTI + b"*2\r\n")
    assert_unchanged(server, f"in use file={server.file} pid={server.process.pid}")


def test_with_aof_load_truncated_no_nothing_is_changed(server):
    tear(server.file)
    before = server.file.read_bytes()
    log = cut_open_multi(server, "aof-load-truncated no")
    assert "aof-load-truncated is no" in log
    assert server.file.read_bytes() == before and not saved(server)


def test_no_append_only_file(tmp_path):
    server = AppendOnlyServer(tmp_path)
    assert not cut_open_multi(server)
    assert not cut_open_multi(server, "appendonly no")
    server.manifest.parent.mkdir()
    assert not cut_open_multi(server)


def test_without_room_for_the_copy(server):
    """Nothing is cut when it cannot be saved before."""
    tear(server.file)
    assert_unchanged(server, "cannot save what would be cut",
                     preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)))


def test_huge_file_takes_little_memory(server):
    transaction = MULTI + b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1000\r\n" + b"x" * 1000 + b"\r\n" + EXEC
    with server.file.open("ab") as file:
        for _ in range(100):
            file.write(transaction * 2000)
        multi = file.tell()
        file.write(transaction[:-len(EXEC)])
    size = os.path.getsize(server.file)
    limit = 64 << 20
    assert size > 3 * limit
    log = cut_open_multi(server, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (limit, limit)))
    assert f"from={multi} bytes={size - multi} " in log
    assert os.path.getsize(server.file) == multi

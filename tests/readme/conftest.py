import pytest

from website import Site
from processes import Server


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path).start()
    yield server
    server.end()


@pytest.fixture
def site(tmp_path, server):
    site = Site(tmp_path, server)
    yield site
    site.end()

import pytest

from website import Site


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path)
    try:
        site.server.start()
        yield site
    finally:
        site.end()

import pytest

from stage import Site


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path)
    try:
        site.start_redis()
        yield site
    finally:
        site.stop()

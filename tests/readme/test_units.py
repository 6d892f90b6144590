"""What the units provide for the daemon, tried without systemd."""
import re

from website import ROOT

UNIT = (ROOT / "systemd/duyetd.service").read_text()


def test_the_credential_is_the_password(site, tmp_path):
    name = re.search(r"^LoadCredential=([^:]+):", UNIT, re.M).group(1)
    (tmp_path / name).write_text("hush\n")
    site.redis.config_set("requirepass", "hush")
    site.daemon(env={"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert "hush" not in site.log


def test_the_empty_credential_is_no_password(site, tmp_path):
    name, value = re.search(r"^SetCredential=([^:]+):(.*)", UNIT, re.M).groups()
    assert value == r"\x0a"
    (tmp_path / name).write_text("\n")
    site.daemon(env={"CREDENTIALS_DIRECTORY": str(tmp_path)})

"""What /metrics serves, its manual page and the shipped alerts name the same things."""
import re
import shutil
import subprocess
import urllib.error
import urllib.request

import pytest

from website import PATIENCE, ROOT, wait_for
from test_readme import HONEST, SHORT

MANUAL = (ROOT / "systemd/man/duyetd.1").read_text()
ALERTS = ROOT / "systemd/prometheus/duyetd.rules.yml"


@pytest.fixture
def scraped(site):
    """/metrics of a daemon that has judged, once it knows what waits in both streams."""
    port = site.daemon("--metrics", "127.0.0.1:0").metrics_port()
    site.submit("c1", HONEST)
    site.submit("c2", SHORT)
    site.verdict("c2")

    def scrape():
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE) as page:
                text = page.read().decode()
        except urllib.error.URLError:
            return None
        known = "duyetd_backlog_entries" in text and "duyetd_oldest_review_seconds" in text
        return text if known else None

    return wait_for(scrape)


def families(text):
    return set(re.findall(r"^# TYPE (duyetd_\w+)", text, re.M))


def test_the_manual_page_lists_the_metrics(scraped):
    assert families(scraped) == set(re.findall(r"^\.It Li (duyetd_\w+)", MANUAL, re.M))


def test_labels_are_those_of_the_manual_page(scraped):
    for family in families(scraped):
        entry = re.search(rf"^\.It Li {family}\n(.*?)(?=^\.It|^\.El)", MANUAL, re.M | re.S).group(1)
        labels = set(re.findall(rf"^{family}\{{(\w+)=", scraped, re.M))
        assert labels == set(re.findall(r"^\.Li (\w+)", entry, re.M)), family


def test_alerts_ask_for_metrics_that_there_are(scraped):
    expressions = "\n".join(re.findall(r"expr: (.*)", ALERTS.read_text()))
    asked = set(re.findall(r"\bduyetd_\w+", expressions))
    assert asked and asked <= families(scraped)
    for family, label, value in re.findall(r'(duyetd_\w+)\{(\w+)="(\w+)"\}', expressions):
        assert f'{family}{{{label}="{value}"}}' in scraped


def test_promtool_takes_the_alerts():
    if not shutil.which("promtool"):
        pytest.skip("promtool (Debian's prometheus) is not here")
    rules = subprocess.run(["promtool", "check", "rules", ALERTS], text=True, capture_output=True)
    assert rules.returncode == 0, rules.stdout + rules.stderr

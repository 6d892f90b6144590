"""What /metrics serves, its manual page, the shipped alerts and the dashboard name the same things."""
import json
import re
import shutil
import subprocess
import urllib.error
import urllib.request

import pytest

from website import HONEST, PATIENCE, ROOT, SHORT, wait_for

MANUAL = (ROOT / "systemd/man/duyetd.1").read_text()
ALERTS = ROOT / "systemd/prometheus/duyetd.rules.yml"
DASHBOARD = ROOT / "systemd/prometheus/duyetd-dashboard.json"


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
        entry = re.search(rf"^\.It Li {family}\n(.*?)(?=^\.It|^\.El)", MANUAL, re.M | re.S)
        assert entry, f"duyetd.1 lacks {family}"
        labels = set(re.findall(rf"^{family}\{{(\w+)=", scraped, re.M))
        assert labels == set(re.findall(r"^\.Li (\w+)", entry[1], re.M)), family


def assert_served(queries, scraped):
    """Each metric and label that is asked for is among those served; instance and job are the
    scraper's."""
    served = set(re.findall(r"^(\w+)(?:{| )", scraped, re.M))
    asked = set(re.findall(r"\b(?:duyetd|process)_\w+", queries))
    assert asked and asked <= served
    labels = {"instance", "job", *re.findall(r'[{,](\w+)="', scraped)}
    assert set(re.findall(r'[{,](\w+)=', queries)) <= labels
    assert set(re.findall(r"\bby \((\w+)\)", queries)) <= labels
    for family, label, value in re.findall(r'(duyetd_\w+)\{(\w+)="(\w+)"[},]', queries):
        assert f'{family}{{{label}="{value}"}}' in scraped


def test_alerts_use_metrics_that_exist(scraped):
    assert_served(ALERTS.read_text(), scraped)


def dashboard_queries():
    panels = json.loads(DASHBOARD.read_text())["panels"]
    return [target["expr"] for panel in panels for target in panel["targets"]]


def test_the_dashboard_uses_metrics_that_exist(scraped):
    assert_served("\n".join(dashboard_queries()), scraped)
    variables = json.loads(DASHBOARD.read_text())["templating"]["list"]
    assert_served("".join(variable["query"] for variable in variables), scraped)


def promtool(*arguments):
    if not shutil.which("promtool"):
        pytest.skip("promtool (Debian's prometheus) is not here")
    done = subprocess.run(["promtool", *arguments], text=True, capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_accepts_the_alerts():
    promtool("check", "rules", ALERTS)


def test_promtool_accepts_the_queries_of_the_dashboard(tmp_path):
    """promtool reads the queries as rules, after Grafana's variables were replaced by values."""
    rules = [{"record": f"query:{i}", "expr": query.replace("$__rate_interval", "5m")
              .replace("$instance", ".*")} for i, query in enumerate(dashboard_queries())]
    file = tmp_path / "dashboard.yml"
    file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
    promtool("check", "rules", file)


def fires(tmp_path, alert, at, fires, **series):
    """Asserts whether the alert fires at the time `at`. Each series has one sample a minute; a name NAME__X is
    the metric NAME with the label verdict="X"."""
    file = tmp_path / "alerts.yml"
    file.write_text(json.dumps({"rule_files": [str(ALERTS)], "evaluation_interval": "1m", "tests": [{
        "interval": "1m",
        "input_series": [{"series": f'duyetd_{name}{{instance="a"{label}}}', "values": values}
                         for names, values in series.items()
                         for name, _, verdict in [names.partition("__")]
                         for label in [f',verdict="{verdict}"' if verdict else ""]],
        "promql_expr_test": [{"eval_time": at,
                              "expr": f'count(ALERTS{{alertname="{alert}",alertstate="firing"}})',
                              "exp_samples": [{"labels": "{}", "value": 1}] if fires else []}]}]}))
    promtool("test", "rules", file)


# For a day and a quarter of an hour, 5 of 20 comments a minute are rejected. Then 16 of 20 are, or 15 of
# 60: three times as many comments, and the same share.
DAY = 24 * 60


@pytest.mark.parametrize("alert, at, expected, series", [
    ("DuyetdHeldWait", "20m", True, {"oldest_held_seconds": "14300+60x30"}),
    ("DuyetdHeldWait", "20m", False, {"oldest_held_seconds": "0+60x30"}),
    ("DuyetdHeldWait", "20m", True, {"held_entries": "501x30"}),
    ("DuyetdRejectsJump", "25h", True, {
        "verdicts_total__approve": f"0+15x{DAY + 15} {15 * (DAY + 15)}+4x60",
        "verdicts_total__reject": f"0+5x{DAY + 15} {5 * (DAY + 15)}+16x60"}),
    ("DuyetdRejectsJump", "25h", False, {
        "verdicts_total__approve": f"0+15x{DAY + 15} {15 * (DAY + 15)}+45x60",
        "verdicts_total__reject": f"0+5x{DAY + 15} {5 * (DAY + 15)}+15x60"}),
    ("DuyetdReviewsWait", "20m", True, {"oldest_review_seconds": "300+60x30"}),
    ("DuyetdReviewsWait", "20m", False, {"oldest_review_seconds": "1x30"}),
    ("DuyetdReviewsWait", "20m", True, {"reviews_up": "0x30", "redis_up": "1x30"}),
])
def test_when_alerts_fire(tmp_path, alert, at, expected, series):
    fires(tmp_path, alert, at, expected, **series)

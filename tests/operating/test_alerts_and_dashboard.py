"""The alert rules and the dashboard ask for metrics that there are, and the page tells of all of them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from werkzeug.test import Client

from service.engine.app import create_app as create_engine
from service.engine.resources import RememberingQueue, join_resources
from service.facade.app import create_app
from service.facade.resources import join
from service.facade.tasks.queue import connect_queue
from service.settings import Settings
from service.telemetry.exposition import exposition

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operating.md").read_text()
ALERTS = [
    rule
    for group in yaml.safe_load((ROOT / "docs/operating/alerts.yaml").read_text())["groups"]
    for rule in group["rules"]
]
DASHBOARD = json.loads((ROOT / "docs/operating/dashboard.json").read_text())
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
GRAFANA = {"$__rate_interval": "5m"}
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum"), "gauge": ("",)}
TOKEN = "0123456789abcdef"


def expressions() -> Iterator[tuple[str, str]]:
    for rule in ALERTS:
        yield rule["alert"], rule["expr"]
    for panel in PANELS:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


EXPRESSIONS = list(expressions())


@pytest.fixture(scope="module")
def exposed(module_settings) -> dict[str, dict[str, Any]]:
    """Every metric that processes expose: type and labels, by name."""
    texts = [exposition("", "tick")[0].decode()]
    facade = join(module_settings, connect_queue(module_settings))
    engine = join_resources(module_settings, RememberingQueue(), threads=1)
    for app in (create_app(module_settings, facade), create_engine(module_settings, engine)):
        answer = Client(app).get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200
        texts.append(answer.text)
    facade.close()
    engine.database.dispose()
    return {family.name: family for text in texts for family in text_string_to_metric_families(text)}


@pytest.fixture(scope="module")
def module_settings(valkey_url, engine_database_url, facade_database_url, s3_endpoint_url, tmp_path_factory):
    return Settings(
        redis_url=valkey_url, engine_database_url=engine_database_url, facade_database_url=facade_database_url,
        s3_endpoint_url=s3_endpoint_url, lookoutequipment_endpoint_url="http://127.0.0.1:1", metrics_token=TOKEN,
        aws_access_key_id="lookout", aws_secret_access_key="lookout-embedded",
        data_dir=str(tmp_path_factory.mktemp("data")),
    )  # fmt: skip


def samples(exposed) -> set[str]:
    return {name + suffix for name, family in exposed.items() for suffix in SUFFIXES.get(family.type, ("",))}


def parsed(expression: str) -> Any:
    for name, value in GRAFANA.items():
        expression = expression.replace(name, value)
    return promql_parser.parse(expression)


def selectors(node: Any) -> Iterator[Any]:
    """The vector selectors of an expression."""
    if isinstance(node, promql_parser.VectorSelector):
        yield node
    for name in ("expr", "lhs", "rhs", "vector_selector", "vs", "param"):
        child = getattr(node, name, None)
        if child is not None:
            yield from selectors(child)
    for child in getattr(node, "args", None) or ():
        yield from selectors(child)


@pytest.mark.parametrize(("title", "expression"), EXPRESSIONS)
def test_an_expression_parses_and_asks_for_metrics_that_there_are(exposed, title, expression):
    found = list(selectors(parsed(expression)))

    assert found, "it asks for nothing"
    assert {selector.name for selector in found} <= samples(exposed) | {"process_resident_memory_bytes"}
    assert {selector.name for selector in found} == set(re.findall(r"\b(?:lookout|process)_[a-z_]+", expression))


def test_the_page_tells_of_every_metric_and_of_no_other(exposed):
    told = set(
        re.findall(r"`((?:lookout|process)_[a-z_]+)`", PAGE.partition("| metric |")[2].partition("## Alerts")[0])
    )
    own = {name for name in exposed if name.startswith("lookout_")}
    full = {name + "_total" if exposed[name].type == "counter" else name for name in own}

    assert told - {"process_start_time_seconds"} == full


def test_names_follow_the_conventions(exposed):
    for name, family in exposed.items():
        assert family.documentation.strip(), name
        assert not name.endswith(("_ms", "_milliseconds", "_minutes", "_percent")), name
        if family.type == "histogram":
            assert name.endswith("_seconds"), name


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_says_what_it_is_about_and_where_its_page_is(rule):
    assert re.fullmatch(r"Lookout[A-Za-z]+", rule["alert"])
    assert re.fullmatch(r"\d+m", rule["for"])
    assert rule["labels"]["severity"] in ("warning", "critical")
    assert rule["annotations"]["summary"]
    path, _, anchor = rule["annotations"]["runbook_url"].partition("#")
    assert path == "docs/operating.md"
    headings = re.findall(r"^### (.+)$", PAGE, re.MULTILINE)
    assert anchor in {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_names_of_alerts_are_unique_and_every_runbook_belongs_to_one():
    names = [rule["alert"] for rule in ALERTS]
    anchors = [rule["annotations"]["runbook_url"] for rule in ALERTS]
    runbooks = re.findall(r"^### (.+)$", PAGE.partition("## Alerts")[2].partition("\n## ")[0], re.MULTILINE)

    assert len(set(names)) == len(names)
    assert len(set(anchors)) == len(anchors) == len(runbooks)


def test_the_dashboard_is_one_that_grafana_imports():
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)
    assert DASHBOARD["uid"]
    assert DASHBOARD["schemaVersion"] >= 39
    assert [one["type"] for one in DASHBOARD["templating"]["list"]] == ["datasource"]
    for panel in PANELS:
        assert panel["title"]
        assert panel["type"] in ("stat", "timeseries", "table")
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        refs = [target["refId"] for target in panel["targets"]]
        assert len(set(refs)) == len(refs) > 0


def test_no_panel_lies_on_another():
    places = [panel["gridPos"] for panel in DASHBOARD["panels"]]
    cells = [
        (x, y)
        for place in places
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert all(x < 24 for x, _ in cells)


def test_prometheus_is_shown_where_the_containers_answer():
    shown = yaml.safe_load((ROOT / "docs/operating/prometheus.yaml").read_text())
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    http, workers = shown["scrape_configs"]
    targets = http["static_configs"][0]["targets"]
    names = workers["dns_sd_configs"][0]["names"]

    assert {target.partition(":")[0] for target in targets} | set(names) <= set(compose["services"])
    assert str(workers["dns_sd_configs"][0]["port"]) == compose["x-settings"]["LOOKOUT_METRICS_PORT"]
    assert shown["rule_files"] == ["alerts.yaml"]

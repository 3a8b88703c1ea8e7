"""The pages as people see them: real processes behind them, and a real browser in front, each started once."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from engine_processes import EngineProcesses
from live_facade import Live, running_live
from playwright.sync_api import Browser, Page
from scored_scheduler import Scored, score
from seen_pages import Visitor
from wsgi_seam import equipment_client

from service.embedded.postgres import make_database
from service.embedded.s3 import DEFAULT_KEY_ID, DEFAULT_SECRET
from service.settings import Settings

BUCKETS = {"staging_bucket": "portal-staging", "engine_bucket": "portal-engine"}
DATA = "portal-data"


@pytest.fixture(scope="session")
def portal_settings(
    valkey_url: str,
    postgres_sockets: Path,
    migrated_databases: dict[str, str],
    s3_endpoint_url: str,
    s3: Any,
    free_port: Callable[[], int],
    session_folder: Path,
) -> Settings:
    """Of a stack of its own, on the neighbours that all tests have."""
    for bucket in (*BUCKETS.values(), DATA):
        s3.create_bucket(Bucket=bucket)
    databases = {f"{house}_database_url": make_database(postgres_sockets, f"portal_{house}", template)
                 for house, template in migrated_databases.items()}  # fmt: skip
    engine_port = free_port()
    return Settings(
        redis_url=valkey_url.replace("db=0", "db=14"),
        s3_endpoint_url=s3_endpoint_url,
        lookoutequipment_endpoint_url=f"http://127.0.0.1:{engine_port}",
        aws_access_key_id=DEFAULT_KEY_ID,
        aws_secret_access_key=DEFAULT_SECRET,
        data_dir=str(session_folder),
        facade_port=free_port(),
        engine_port=engine_port,
        frame_ancestors=f"http://127.0.0.1:{free_port()}",
        **databases,
        **BUCKETS,
    )


@pytest.fixture(scope="session")
def stack(portal_settings: Settings, s3: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    engine = EngineProcesses(replace(portal_settings), tmp_path_factory.mktemp("portal"))
    client = equipment_client(portal_settings.aws_region, endpoint_url=portal_settings.lookoutequipment_endpoint_url)
    try:
        with running_live(engine, client, s3, DATA) as live:
            yield live
    finally:
        engine.stop()


@pytest.fixture(scope="session")
def scored(stack: Live) -> Scored:
    """A scheduler with two hours of scores and an anomaly in them. What a test says of the event, others see."""
    return score(stack, "watched")


@pytest.fixture(scope="session")
def logged_in(browser: Browser, stack: Live) -> Any:
    """What the browser keeps of somebody who has logged in with a key."""
    with browser.new_context(base_url=stack.address) as context:
        page = context.new_page()
        page.goto("/portal/login")
        page.get_by_label("API key").fill(stack.key)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url("**/portal")
        return context.storage_state()


@pytest.fixture
def visit(browser: Browser, stack: Live, logged_in: Any) -> Iterator[Callable[..., Page]]:
    """`visit(path, **options of the browser's context)`: a page as somebody sees it who has logged in. Whatever breaks
    the page's policy or fails in its scripts fails the test."""
    visitor = Visitor(browser, {"base_url": stack.address, "storage_state": logged_in})
    yield visitor.visit
    visitor.leave()

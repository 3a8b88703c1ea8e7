"""The pages as people see them: real processes behind them, and a real browser in front, each started once."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from live_facade import Live, Neighbours, live_of_its_own, neighbours
from playwright.sync_api import Browser, Page
from scored_scheduler import Scored, score
from seen_pages import Visitor

__all__ = ["neighbours"]  # a fixture


@pytest.fixture(scope="session")
def stack(
    neighbours: Neighbours, free_port: Callable[[], int], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Live]:
    """A stack of their own, on the neighbours that all tests have."""
    listed = {"frame_ancestors": f"http://127.0.0.1:{free_port()}"}
    with live_of_its_own(neighbours, "portal", 14, tmp_path_factory.mktemp("portal"), free_port, **listed) as live:
        yield live


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

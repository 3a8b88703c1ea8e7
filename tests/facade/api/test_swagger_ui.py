"""Swagger UI in a real browser: the page needs nothing from elsewhere, and "Try it out" succeeds."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask
from keyed import new_key
from playwright.sync_api import Browser, ConsoleMessage, Page, Request
from wsgi_seam import served


@dataclass
class Docs:
    """The page, the addresses that it asked, and what its policy refused."""

    page: Page
    address: str
    asked: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("request", self._note_request)
        self.page.on("console", self._note_message)

    def _note_request(self, request: Request) -> None:
        self.asked.append(request.url)

    def _note_message(self, message: ConsoleMessage) -> None:
        if "Content Security" in message.text:
            self.refused.append(message.text)


@pytest.fixture(scope="module")
def opened(browser: Browser, one_app: Flask) -> Iterator[Docs]:
    """Opened once for all of these tests: to draw every operation takes seconds."""
    with served(one_app) as url, browser.new_context() as context:
        docs = Docs(context.new_page(), url)
        docs.watch()
        docs.page.goto(f"{url}/docs")
        docs.page.wait_for_selector(".opblock")
        yield docs


@pytest.fixture
def docs(app: Flask, opened: Docs) -> Docs:
    """Over the resources of this test."""
    return opened


def test_the_page_shows_every_operation_and_asks_nobody_else(docs: Docs, client):
    document = client.get("/openapi.json").json
    paths = [*document["paths"].values(), *document.get("webhooks", {}).values()]
    operations = [method for path in paths for method in path]
    assert docs.page.locator(".opblock").count() == sum(
        method in ("get", "post", "put", "patch", "delete") for method in operations
    )
    assert docs.page.get_by_text("OAS 3.1").is_visible()
    assert f"{docs.address}/openapi.json" in docs.asked
    assert [url for url in docs.asked if not url.startswith((docs.address, "data:"))] == []


def test_nothing_on_the_page_breaks_its_policy(docs: Docs):
    docs.page.locator("[id$=create_scheduler] .opblock-summary").click()
    docs.page.locator("[id$=create_scheduler] .responses-table").wait_for()

    assert docs.refused == []


def test_try_it_out_with_a_key_gets_a_real_answer(docs: Docs, resources):
    page = docs.page
    page.locator(".auth-wrapper .authorize").first.click()
    page.locator(".auth-container input").fill(new_key(resources))
    page.locator(".auth-container").get_by_role("button", name="Apply credentials").click()
    page.locator(".close-modal").click()
    operation = page.locator("[id$=list_schedulers]")
    operation.locator(".opblock-summary").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    status = operation.locator(".live-responses-table .response-col_status").last
    status.wait_for()
    assert status.inner_text().startswith("200")
    assert '"schedulers"' in operation.locator(".live-responses-table .highlight-code").first.inner_text()

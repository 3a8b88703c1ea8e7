"""Swagger UI in a real browser: the page needs nothing from elsewhere, and "Try it out" succeeds."""

from collections.abc import Iterator

import pytest
from flask import Flask
from keyed import new_key
from playwright.sync_api import Browser, Page
from wsgi_seam import served


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    with served(app) as url:
        yield url


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context() as context:
        yield context.new_page()


def test_the_page_shows_every_operation_and_asks_nobody_else(page: Page, address: str, client):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/docs")
    page.wait_for_selector(".opblock")
    document = client.get("/openapi.json").json
    paths = [*document["paths"].values(), *document.get("webhooks", {}).values()]
    operations = [method for path in paths for method in path]
    assert page.locator(".opblock").count() == sum(
        method in ("get", "post", "put", "patch", "delete") for method in operations
    )
    assert page.get_by_text("OAS 3.1").is_visible()
    assert [url for url in asked if not url.startswith((address, "data:"))] == []


def test_nothing_on_the_page_breaks_its_policy(page: Page, address: str):
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else None)
    page.goto(f"{address}/docs")
    page.wait_for_selector(".opblock")
    page.locator("[id$=create_scheduler] .opblock-summary").click()
    page.locator("[id$=create_scheduler] .responses-table").wait_for()

    assert refused == []


def test_try_it_out_with_a_key_gets_a_real_answer(page: Page, address: str, resources):
    page.goto(f"{address}/docs")
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

"""The log-in, the fleet and the form in a browser, over the real stack: by keyboard, without scripts, measured, and as
axe, the policy and both themes see them."""

import re
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError

import pytest
from axe_playwright_python.sync_playwright import Axe
from live_facade import Live, new_live_key
from playwright.sync_api import Browser, Page, expect
from scored_scheduler import Scored, ask, new_scheduler
from seen_pages import Visitor

PAGES = {"fleet": "/portal", "form": "/portal/schedulers/new", "log-in": "/portal/login", "missing": "/portal/nothing"}
VIEWS = [(width, theme) for width in (1280, 390) for theme in ("light", "dark")]
MEASURE = """() => new Promise((resolve) => {
  const seen = { paint: 0, shift: 0 };
  new PerformanceObserver((list) => { for (const one of list.getEntries()) seen.paint = one.startTime; })
    .observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) seen.shift += one.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(seen), 700);
})"""


@pytest.fixture
def visit_as_nobody(browser: Browser, stack: Live):
    """`visit`, for whoever has not logged in."""
    visitor = Visitor(browser, {"base_url": stack.address})
    yield visitor.visit
    visitor.leave()


@pytest.fixture(scope="module")
def spare(stack: Live) -> str:
    """A model without a scheduler."""
    stack.train("spare")
    return "spare"


def rows(page: Page) -> list[str]:
    return page.locator("#fleet tbody th a").all_inner_texts()


def test_a_key_opens_the_page_that_was_wanted_and_a_log_out_closes_it(visit_as_nobody, stack: Live, scored: Scored):
    page = visit_as_nobody("/portal?text=watched")
    page.get_by_label("API key").fill("lk_wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("This is no key")
    expect(page.get_by_label("API key")).to_be_focused()

    page.get_by_label("API key").fill(stack.key)
    page.keyboard.press("Enter")
    page.wait_for_url("**/portal?text=watched")
    assert rows(page) == [scored.name]

    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_text("You are logged out.")).to_be_visible()
    page.goto("/portal")
    expect(page).to_have_url(re.compile("/portal/login"))


def test_the_fleet_is_filtered_sorted_stopped_and_started_by_keyboard_alone(visit, stack: Live, scored: Scored, spare):
    ask(stack, "POST", "/v1/schedulers", new_scheduler(spare, stack.bucket), Prefer="wait=10")
    page = visit("/portal?sort=name")
    keys = page.keyboard

    keys.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    keys.press("Enter")
    keys.press("Tab")
    expect(page.get_by_label("Name or model")).to_be_focused()
    keys.type("spare")
    expect(page.locator("#count")).to_have_text(re.compile("^1 of"))
    assert rows(page) == [spare]
    expect(page).to_have_url(re.compile("text=spare"))

    tab_to(page, page.get_by_role("link", name="Scheduler", exact=True))
    keys.press("Enter")
    expect(page.locator("th[aria-sort=descending]")).to_have_text("Scheduler")
    expect(page.get_by_role("link", name="Scheduler", exact=True)).to_be_focused()
    tab_to(page, page.get_by_label(f"Choose {spare}"))
    keys.press("Space")
    expect(page.locator("#picked")).to_have_text("1 chosen")
    tab_to(page, page.get_by_role("button", name="Stop"))
    keys.press("Enter")
    expect(page.get_by_role("status", name="What became of it")).to_contain_text(f"Stopping {spare}")
    expect(page).to_have_url(re.compile("text=spare"))
    stopped = ask(stack, "GET", f"/v1/schedulers/{spare}")
    assert stopped["status"] in ("STOPPING", "STOPPED")


def tab_to(page: Page, wanted: Any) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError("the keyboard does not get there")


def test_a_scheduler_is_created_through_the_form_with_what_is_wrong_said_first(visit, stack: Live):
    stack.train("formed")
    page = visit("/portal/schedulers/new?model=formed")
    expect(page.get_by_text("It reads")).to_contain_text("components: ")
    expect(page.get_by_label("Name", exact=True)).to_have_value("formed")

    page.get_by_label("Bucket of the readings").fill(stack.bucket)
    page.get_by_label("Bucket of the results").fill(stack.settings.staging_bucket)
    page.get_by_role("button", name="Create and start").click()
    wrong = page.get_by_label("Bucket of the results")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#summary")).to_be_focused()
    expect(page.get_by_label("Bucket of the readings")).to_have_value(stack.bucket)

    wrong.fill(stack.bucket)
    page.get_by_role("button", name="Create and start").click()
    page.wait_for_url("**/portal/schedulers/formed")
    assert ask(stack, "GET", "/v1/schedulers/formed")["model_name"] == "formed"


def test_without_scripts_the_fleet_filters_sorts_and_stops(visit, stack: Live, scored: Scored):
    page = visit("/portal", java_script_enabled=False)
    page.get_by_label("Name or model").fill("watched")
    page.get_by_role("button", name="Filter").click()
    assert rows(page) == [scored.name]
    page.get_by_role("link", name="24 h").click()
    assert "sort=-day" in page.url
    assert "text=watched" in page.url
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose from 1 to")
    page.get_by_label(f"Choose {scored.name}").check()
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("status", name="What became of it")).to_contain_text("Not started watched")


def test_a_team_without_schedulers_is_led_to_its_first(browser: Browser, stack: Live):
    key = new_live_key(stack.settings, "newcomers")
    visitor = Visitor(browser, {"base_url": stack.address, "extra_http_headers": {"Authorization": f"Bearer {key}"}})
    page = visitor.visit("/portal")
    page.get_by_role("link", name="Create a scheduler").click()
    expect(page.get_by_role("heading", name="New scheduler")).to_be_visible()
    visitor.leave()


def test_a_theme_that_was_chosen_holds_on_every_page(visit):
    page = visit("/portal", color_scheme="light")
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    page.get_by_role("button", name="Change to the other theme").click()
    dark = page.evaluate(background)
    page.goto("/portal/schedulers/new")
    assert page.evaluate(background) == dark != light


@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_every_page_is_fit_for_everybody_at_each_width_and_in_each_theme(
    visit: Callable[..., Page], scored: Scored, width: int, theme: Any
):
    page = visit("/portal", color_scheme=theme, viewport={"width": width, "height": 800})
    for name, path in PAGES.items():
        page.goto(path)
        found = Axe().run(page).response["violations"]
        serious = [one for one in found if one["impact"] in ("serious", "critical")]
        assert serious == [], name
    page.set_viewport_size({"width": 320, "height": 800})
    for name, path in PAGES.items():
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, f"{name} has to be scrolled sideways"


def test_the_first_view_is_quick_and_still_and_asks_nobody_else(visit, stack: Live, scored: Scored):
    page = visit("/portal/login")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in PAGES.values():
        page.goto(path)
        seen = page.evaluate(MEASURE)
        print(f"{path}: largest contentful paint after {seen['paint']:.0f} ms, layout shift {seen['shift']:.3f}")
        assert seen["shift"] < 0.05
    assert asked
    assert [url for url in asked if not url.startswith((stack.address, "data:"))] == []


def test_what_no_page_of_ours_has_sent_changes_nothing(visit, stack: Live, scored: Scored):
    page = visit("/portal")
    cookie = page.context.cookies()[0]
    body = f"action=stop&scheduler={scored.name}".encode()
    request = urllib.request.Request(f"{stack.address}/portal", body, {"Cookie": f"{cookie['name']}={cookie['value']}"})
    with pytest.raises(HTTPError) as refused:
        urllib.request.urlopen(request)
    assert refused.value.code == 403
    assert cookie["httpOnly"]
    assert page.evaluate("document.cookie") == ""
    assert ask(stack, "GET", f"/v1/schedulers/{scored.name}")["status"] == "RUNNING"

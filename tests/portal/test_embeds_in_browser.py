"""Embeds on pages of other sites, in a browser, over the real stack."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from live_facade import Live
from playwright.sync_api import Browser, Frame, Page, expect
from scored_scheduler import Scored, ask
from seen_pages import Visitor
from werkzeug.serving import make_server
from wsgi_seam import served

SEEN = "image => image.complete && image.naturalWidth > 0"
PAGE = "<!doctype html><html lang=en><meta charset=utf-8><title>Plant</title><h1>Plant</h1>"


@pytest.fixture(scope="module")
def embed(stack: Live, scored: Scored) -> dict:
    """A chart of three days, with a title and the contributors of its events."""
    wanted = {"range": "P3D", "title": "Feed pump", "contributors": 2}
    return ask(stack, "POST", f"/v1/schedulers/{scored.name}/embeds", wanted)


@pytest.fixture
def visit_other_site(browser: Browser) -> Iterator[Callable[[str], Page]]:
    """Visit a page that is not ours; whatever breaks a policy, ours or its own, fails the test."""
    visitor = Visitor(browser, {})
    yield visitor.visit
    visitor.leave()


def site(html: str, policy: str = "") -> Callable:
    """The pages of somebody else: this HTML, wherever one asks."""

    def answer(environ, start_response):
        headers = [("Content-Type", "text/html")] + ([("Content-Security-Policy", policy)] if policy else [])
        start_response("200 OK", headers)
        return [(PAGE + html).encode()]

    return answer


@contextmanager
def listed_site(stack: Live, html: str) -> Iterator[str]:
    """A site at the origin that LOOKOUT_FRAME_ANCESTORS names."""
    origin = stack.settings.frame_ancestors
    server = make_server("127.0.0.1", urlsplit(origin).port or 80, site(html), threaded=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield origin
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def containing(text: str) -> re.Pattern[str]:
    return re.compile(re.escape(text))


def revoke(stack: Live, embed_id: str) -> None:
    headers = {"Authorization": f"Bearer {stack.key}"}
    with urlopen(Request(f"{stack.address}/v1/embeds/{embed_id}", method="DELETE", headers=headers)) as answer:
        assert answer.status == 204


def wait_for_picture(frame: Frame | Page, selector: str) -> None:
    image = frame.locator(selector)
    image.wait_for()
    frame.wait_for_function(SEEN, arg=image.element_handle())


def test_a_page_of_a_listed_origin_shows_the_frame(stack: Live, embed: dict, visit_other_site):
    assert embed["warning"] is None
    with listed_site(stack, embed["html"]["iframe"]) as origin:
        page = visit_other_site(origin)
        [_, frame] = page.frames
        wait_for_picture(frame, "#chart img")
        expect(frame.get_by_role("heading", name="Feed pump")).to_be_visible()
        expect(frame.get_by_role("status")).to_be_visible()
        assert "1 event" in (frame.get_by_role("img").get_attribute("alt") or "")


def test_a_page_of_another_origin_is_not_shown_the_frame(browser: Browser, embed: dict):
    with served(site(embed["html"]["iframe"])) as origin, browser.new_context() as context:
        page, said = context.new_page(), []
        page.on("console", lambda message: said.append(message.text))
        page.goto(origin)
        page.wait_for_load_state("networkidle")

        assert [frame.url for frame in page.frames[1:]] == ["chrome-error://chromewebdata/"]
        assert any("frame-ancestors" in text for text in said)


def test_the_web_component_draws_on_a_page_with_a_strict_policy(stack: Live, embed: dict, visit_other_site):
    policy = f"default-src 'none'; script-src {stack.address}; img-src {stack.address}"
    with served(site(embed["html"]["web_component"], policy)) as origin:
        page = visit_other_site(origin)
        wait_for_picture(page, "lookout-chart img")

        image = page.get_by_role("img", name="Feed pump")
        box = image.bounding_box()
        assert box["width"] > 1000
        assert f"width={int(box['width'] // 20 * 20)}" in image.get_attribute("src")
        page.emulate_media(color_scheme="dark")
        expect(image).to_have_attribute("src", containing("theme=dark"))


def test_the_web_component_says_why_there_is_no_chart(stack: Live, scored: Scored, browser: Browser):
    gone = ask(stack, "POST", f"/v1/schedulers/{scored.name}/embeds", {})
    revoke(stack, gone["id"])
    with served(site(gone["html"]["web_component"])) as origin, browser.new_context() as context:
        page = context.new_page()
        page.goto(origin)
        expect(page.get_by_role("status")).to_contain_text("whoever made it has revoked it")


@pytest.mark.parametrize("size", [(1200, 420), (340, 200)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_an_embed_fits_its_frame_and_is_accessible(embed: dict, visit_other_site, size, scheme):
    page = visit_other_site(embed["url"])
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    wait_for_picture(page, "#chart img")

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    expect(page.locator("#chart img")).to_have_attribute("src", containing(f"theme={scheme}"))
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []


def test_a_picture_that_comes_late_does_not_take_the_place_of_a_newer_one(embed: dict, visit_other_site):
    page, held = visit_other_site("about:blank"), []
    page.emulate_media(color_scheme="light")
    page.route("**/chart.svg*theme=light*", lambda route: held.append(route))
    with page.expect_request("**/chart.svg*theme=light*"):
        page.goto(embed["url"], wait_until="commit")  # it is loaded when its first picture is
    page.emulate_media(color_scheme="dark")
    wait_for_picture(page, "#chart img")
    with page.expect_event("requestfinished", lambda request: "theme=light" in request.url):
        for route in held:
            route.continue_()
    page.wait_for_timeout(300)  # for it to be decoded

    assert "theme=dark" in page.locator("#chart img").get_attribute("src")


def test_the_page_of_an_embed_that_was_revoked_says_so(stack: Live, scored: Scored, browser: Browser):
    gone = ask(stack, "POST", f"/v1/schedulers/{scored.name}/embeds", {})
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(gone["url"])
        wait_for_picture(page, "#chart img")
        revoke(stack, gone["id"])
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # it refreshes when it is looked at
        expect(page.get_by_role("heading", name="The embed is not valid any more")).to_be_visible()


def test_without_scripts_the_page_has_its_picture_all_the_same(embed: dict, browser: Browser):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(embed["url"])
        box = page.locator("#chart img").bounding_box()
        assert box["width"] > 500

"""The page of one scheduler in a browser, over the real stack: the main job, the keyboard alone, no scripts, axe."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from live_facade import Live
from playwright.sync_api import Locator, Page, expect
from scored_scheduler import HOURS, Scored, ask, readings

DROP = """([files]) => {
  const data = new DataTransfer();
  for (const [name, text] of files) data.items.add(new File([text], name, { type: "text/csv" }));
  const over = new DragEvent("dragover", { dataTransfer: data, bubbles: true, cancelable: true });
  const drop = new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
  document.getElementById("drop").dispatchEvent(over);
  document.getElementById("drop").dispatchEvent(drop);
}"""
TOO_WIDE = """() => [...document.querySelectorAll("body *")]
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
  .filter((one) => !one.closest(".sheet, pre"))
  .map((one) => `${one.tagName} ${one.className.baseVal ?? one.className}`)"""
CURVE = re.compile(r"^M[\d.]+ [\d.]+ L")


def show_all(page: Page) -> None:
    """The scored time is not of the last 24 hours for the whole of a day."""
    page.get_by_role("group", name="Range of the chart").get_by_text("All").click()


def test_the_main_job_is_done_on_the_page(visit, stack: Live):
    stack.train("walked")
    page = visit("/portal/schedulers/new?model=walked")
    create(page, stack.bucket)
    upload_by_drop(page, readings(stack.day))
    replay(page, stack)
    event = page.locator("#event-list a").first
    event.click()
    panel = page.get_by_role("region", name="Event of")
    expect(panel.get_by_role("row").nth(1)).to_contain_text("Current")
    expect(page.locator("#readings-words")).to_contain_text("Current:")
    show_all(page)
    expect(page.locator("#score-canvas .shapelayer path").first).to_be_attached()

    give_feedback(panel)
    expect(event).to_contain_text("fault")
    [said] = ask(stack, "GET", "/v1/schedulers/walked/feedback")["feedback"]
    assert (said["verdict"], said["fault_code"]) == ("true", "motor-worn")

    page.get_by_text("Stop…").click()
    page.get_by_role("button", name="Stop walked").click()
    expect(page.locator("#status")).to_have_text("Stopped")
    expect(page.get_by_role("button", name="Start")).to_be_visible()


def create(page: Page, bucket: str) -> None:
    for part in ("readings", "results"):
        page.get_by_label(f"Bucket of the {part}").fill(bucket)
    page.get_by_role("button", name="Create and start").click()
    page.wait_for_url("**/portal/schedulers/walked")
    expect(page.locator("#status")).to_have_text("Running")


def upload_by_drop(page: Page, tables: dict[str, str]) -> None:
    seen = []
    page.route("**/v1/schedulers/walked/uploads*", lambda route: (seen.append(page.locator("#sending").is_visible()),
                                                                  route.continue_()))  # fmt: skip
    page.evaluate(DROP, [[[f"{component}.csv", text] for component, text in tables.items()]])
    upload = page.locator("#uploads .work").first
    expect(upload.locator(".badge").first).to_have_text("succeeded")
    expect(upload).to_contain_text("pump.csv and 1 more")
    expect(upload.get_by_role("row").nth(1)).to_contain_text("120")
    assert seen == [True], "no progress was shown while it was sent"


def replay(page: Page, stack: Live) -> None:
    page.get_by_label("From (UTC)").fill(f"{stack.day:%Y-%m-%dT%H:%M}")
    page.get_by_label("To (UTC)").fill(f"{stack.day + HOURS:%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Replay", exact=True).click()
    expect(page.locator("#replays .work").first).to_contain_text("24 scored")


def give_feedback(panel: Locator) -> None:
    panel.get_by_label("Yes").check()
    panel.get_by_label("Fault code").fill("motor-worn")
    panel.get_by_role("button", name="Save feedback").click()
    expect(panel).to_contain_text("It was a fault")


def test_the_keyboard_alone_does_it(visit, stack: Live, scored: Scored):
    page = visit(f"/portal/schedulers/{scored.name}")
    event = page.locator("#event-list a").first
    tab_to(page, event)
    page.keyboard.press("End")
    page.keyboard.press("Home")
    expect(event).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Event of")).to_be_visible()
    assert scored.event_id in page.url

    tab_to(page, page.get_by_label("Note").first)
    page.keyboard.type("Seen from the keyboard")
    page.keyboard.press("Enter")
    expect(page.locator("#event")).to_contain_text("Seen from the keyboard")

    stop = page.get_by_text("Stop…")
    stop.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=f"Stop {scored.name}")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name=f"Stop {scored.name}")).to_be_hidden()
    expect(stop).to_be_focused()


def tab_to(page: Page, target) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if target.evaluate("one => one === document.activeElement"):
            return
    pytest.fail("the keyboard does not come there")


def test_without_scripts_everything_is_there_and_forms_work(visit, stack: Live, scored: Scored, tmp_path):
    page = visit(f"/portal/schedulers/{scored.name}?range=all", java_script_enabled=False)
    expect(page.locator(".score-picture path.curve")).to_have_attribute("d", CURVE)
    page.locator("#event-list a").first.click()
    expect(page.get_by_role("heading", name="Event of")).to_be_visible()
    page.get_by_role("link", name="Show them").click()
    expect(page.locator(".strip path.curve").first).to_have_attribute("d", CURVE)
    expect(page.locator(".strip-name").first).to_contain_text("Current")
    page.get_by_label("Not sure").check()
    page.get_by_role("button", name="Save feedback").click()
    expect(page.locator("#event")).to_contain_text("Not sure, says key:live")

    table = tmp_path / "late.csv"
    table.write_text(stack.table("pump"))
    page.get_by_text("Options", exact=True).click()
    page.get_by_label("Component").select_option("pump")
    page.get_by_label("Choose files").set_input_files(table)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("status").filter(has_text="upload")).to_be_visible()
    assert ask(stack, "GET", f"/v1/schedulers/{scored.name}/uploads")["uploads"][0]["id"]

    page.get_by_label("From (UTC)").fill(f"{stack.day:%Y-%m-%dT%H:%M}")
    page.get_by_label("To (UTC)").fill(f"{stack.day + HOURS:%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="See what it would do").click()
    expect(page.get_by_role("heading", name="What a replay would do")).to_be_visible()


def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_screen(visit, scored: Scored):
    page = visit(f"/portal/schedulers/{scored.name}?event={scored.event_id}&range=all")
    page.locator("#readings .main-svg").first.wait_for()
    page.locator(".is-drawn").wait_for()
    for theme, width in (("light", 1280), ("dark", 390)):
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": 800})
        assert (theme, width, serious_violations(page), page.evaluate(TOO_WIDE)) == (theme, width, [], [])


def serious_violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {[node['target'] for node in one['nodes']]}" for one in found
            if one["impact"] in ("serious", "critical")]  # fmt: skip


def test_the_chart_takes_the_place_of_its_picture_without_moving_anything(visit, scored: Scored):
    page = visit("about:blank")
    page.add_init_script("""
        window.moved = 0;
        new PerformanceObserver((list) => list.getEntries().forEach((one) => { window.moved += one.value; }))
          .observe({ type: "layout-shift", buffered: true });
    """)
    page.goto(f"/portal/schedulers/{scored.name}")
    page.locator(".is-drawn").wait_for()
    page.wait_for_function("document.getElementById('score-canvas').querySelector('.main-svg') !== null")
    assert page.evaluate("window.moved") < 0.02


def test_an_upload_with_a_bad_cell_names_file_row_and_column(visit, scored: Scored):
    page = visit(f"/portal/schedulers/{scored.name}")
    text = "Timestamp,Flow,Pressure\n2026-03-01T12:01:00,1,2\n2026-03-01T12:02:00,many,2\n"
    page.evaluate(DROP, [[["pump.csv", text]]])
    expect(page.locator("#sending-errors")).to_contain_text("pump.csv, row 3, column Flow: 'many' is not a number.")


def test_dragging_the_chart_asks_for_the_time_that_is_shown(visit, scored: Scored):
    page = visit(f"/portal/schedulers/{scored.name}?range=all")
    page.locator(".is-drawn").wait_for()
    box = page.locator("#score-canvas .nsewdrag").bounding_box()
    middle = box["y"] + box["height"] / 2
    with page.expect_request(lambda request: "/predictions?" in request.url and "start_time" in request.url) as asked:
        page.mouse.move(box["x"] + box["width"] * 0.3, middle)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.6, middle, steps=5)
        page.mouse.up()
    assert "max_points=" in asked.value.url

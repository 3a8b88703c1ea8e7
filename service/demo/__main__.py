"""The walk itself, started by `lookout demo` when everything runs. The main job goes through REST wherever it can."""

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from service.commands import health_url
from service.demo import aws as owner
from service.demo.feeding import AHEAD, feed, replay, upload
from service.demo.key import demo_key
from service.demo.next_steps import addresses, ready, to_try
from service.demo.rest import DemoError, Rest, wait_until
from service.demo.showing import predictions, summary, table
from service.demo.story import BUCKET, FREE_MODEL, FREQUENCY, NAME, UNFED, WINDOW, Story, window_start
from service.settings import Settings, load_settings

_PARTS = ("input", "output")


def main() -> None:
    """Tell the story, or what is still untold of it; then feed the pump's scheduler until told to end."""
    settings = load_settings()
    address = health_url(settings, "facade").removesuffix("/healthz")
    key = demo_key(settings, address)
    rest = Rest(address, key)
    story = prepare(settings, rest)
    found = predictions(rest, story.live_start, story.begun)
    print(f"\nThe pump's predictions around its fault, a valve that sticks:\n\n{table(found, story.fault)}\n")
    print(summary(found, story.fault))
    print(addresses(settings, address, key))
    print(to_try(settings, address, key))
    print(ready(address, key), flush=True)
    feed(rest, story)


def prepare(settings: Settings, rest: Rest) -> Story:
    """Everything up to predictions. Each step is skipped if an earlier demo has done it."""
    aws = owner.connect(settings)
    story = owner.find_story(aws) or Story(window_start(datetime.now(UTC)))
    if story.scored:
        _step(f"Found the demo of {story.begun:%Y-%m-%d %H:%M} UTC")
    else:
        owner.keep_story(aws, story)
        _step("Training data of four weeks, and the labels of two known faults")
        owner.ingest(aws, story)
        _step("Training a model")
        metrics = owner.train(aws, story, NAME)
        print(f"    {_found(metrics)}")
        for model in (FREE_MODEL, UNFED):
            owner.train(aws, story, model, days=3)
    for name in (NAME, UNFED):
        ensure_scheduler(rest, name)
    if not story.scored:
        score_the_past_day(rest, story)
        story = replace(story, scored=True)
        owner.keep_story(aws, story)
    return story


def ensure_scheduler(rest: Rest, name: str) -> None:
    """Create the scheduler over REST unless it is there, and wait until it runs."""
    if rest.find(f"/v1/schedulers/{name}"):
        return
    _step(f"Scheduler {name}, every five minutes")
    where = {part: {f"s3_{part}_configuration": {"bucket": BUCKET, "prefix": f"{name}/{part}/"}} for part in _PARTS}
    operation = rest.post(
        "/v1/schedulers",
        {
            "inference_scheduler_name": name,
            "model_name": name,
            "data_upload_frequency": FREQUENCY,
            "data_delay_offset_in_minutes": 0,
            "data_input_configuration": where["input"],
            "data_output_configuration": where["output"],
        },
    )
    path = f"/v1/operations/{operation['id']}?wait=10"
    wait_until("scheduler", lambda: _operation_state(rest.get(path)))


def score_the_past_day(rest: Rest, story: Story) -> None:
    """Upload the last day with its fault (and a little of the future), then score every window of it."""
    _step("Uploading the last 24 hours, with a fault in them")
    upload(rest, story, story.live_start, window_start(datetime.now(UTC)) + WINDOW + AHEAD)
    _step("Scoring them")
    replay(rest, story.live_start, window_start(datetime.now(UTC)))


def _operation_state(operation: dict[str, Any]) -> str | None:
    if operation["status"] == "failed":
        raise DemoError(f"the scheduler could not be created: {operation['problem']}")
    return None if operation["status"] == "succeeded" else operation["scheduler_status"] or operation["status"]


def _found(model: dict[str, Any]) -> str:
    events = json.loads(model["ModelMetrics"])["labeled_event_metrics"]
    return f"of {events['num_labeled']} labelled faults in the evaluation week it found {events['num_identified']}"


def _step(text: str) -> None:
    print(f"- {text}", flush=True)


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)
    try:
        main()
    except DemoError as error:
        sys.exit(f"The demo cannot go on: {error}")

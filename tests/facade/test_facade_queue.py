"""Sending nudges through real Valkey."""

import time
from dataclasses import replace

import pytest
import structlog
from redis.exceptions import ConnectionError
from structlog.testing import capture_logs

from service.facade.problems import QueueUnavailable, UpstreamUnavailable
from service.facade.tasks.celery_app import new_celery
from service.facade.tasks.queue import connect_queue


def test_a_task_that_meets_a_problem_is_left_to_the_sweep_with_a_line_in_the_log(settings):
    app = new_celery(settings, socket_timeout=1)

    @app.task(name="test.away")
    def away() -> None:
        raise UpstreamUnavailable("gone for lunch")

    with capture_logs([structlog.contextvars.merge_contextvars]) as lines:
        away.apply(task_id="the-task")

    [line] = [line for line in lines if line["event"] == "task_put_off"]
    assert (line["task_id"], line["task"], line["detail"]) == ("the-task", "test.away", "gone for lunch")


def test_a_broker_that_answers_is_fine(settings):
    connect_queue(settings).check()


def test_a_broker_that_is_away_is_known_within_a_second_or_so(settings, tmp_path):
    queue = connect_queue(replace(settings, redis_url=f"unix://{tmp_path}/nothing.sock?db=0"))

    began = time.monotonic()
    with pytest.raises(QueueUnavailable):
        queue.check()
    assert time.monotonic() - began < 3


def test_a_broker_that_goes_away_between_two_words_is_away(settings, monkeypatch):
    def cut(*_, **__):
        raise ConnectionError("the connection was cut")  # of redis-py, which is no OSError

    monkeypatch.setattr("redis.client.Redis.ping", cut)
    queue = connect_queue(settings)

    with pytest.raises(QueueUnavailable):
        queue.check()


def test_a_nudge_that_cannot_be_sent_is_swallowed(settings, tmp_path):
    queue = connect_queue(replace(settings, redis_url=f"unix://{tmp_path}/nothing.sock?db=0"))

    began = time.monotonic()
    queue.send("facade.watch_operation", "1")
    assert time.monotonic() - began < 3

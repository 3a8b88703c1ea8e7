"""Nudges over Celery: sent by name, never in anybody's way."""

from dataclasses import replace
from threading import Event
from time import monotonic

import pytest
from celery.contrib.testing.worker import start_worker
from structlog.testing import capture_logs

from service.engine.nudges import TASKS
from service.engine.queue import CeleryQueue, new_celery
from service.engine.resources import INFERENCE, TRAINING
from service.engine.worker import WORK, create_worker
from service.settings import Settings


@pytest.mark.parametrize("redis_url", ["unix:///nobody/is/here.sock?db=0", "redis://127.0.0.1:1/0"])
def test_a_broker_that_is_away_costs_less_than_a_second_and_no_error(redis_url):
    queue = CeleryQueue(Settings(redis_url=redis_url))
    queue.send(INFERENCE, "run_execution", "1")  # loads what a first call loads
    queue._quiet_until = 0
    began = monotonic()
    with capture_logs() as logs:
        queue.send(INFERENCE, "run_execution", "1")
    assert monotonic() - began < 1
    assert [(line["event"], line["row_id"]) for line in logs] == [("nudge_not_sent", "1")]


def test_after_a_failure_the_broker_is_left_alone_for_a_moment():
    queue = CeleryQueue(Settings(redis_url="unix:///nobody/is/here.sock?db=0"))
    queue.send(INFERENCE, "run_execution", "1")
    with capture_logs() as logs:
        queue.send(INFERENCE, "run_execution", "2")
    assert logs == []


def test_every_task_that_is_sent_is_one_that_a_worker_has(settings):
    assert {task for _, task in TASKS.values()} | {"remove_leftovers", "remove_old_executions"} == set(WORK)
    assert set(WORK) <= set(create_worker(settings).tasks)


def test_scheduled_runs_and_trainings_go_through_different_queues():
    queues = {task: queue for queue, task in TASKS.values()}
    assert queues == {
        "run_execution": INFERENCE,
        "run_replay": INFERENCE,
        "run_ingestion": TRAINING,
        "run_training": TRAINING,
        "run_training_piece": TRAINING,
        "run_import": TRAINING,
        "run_export": TRAINING,
    }


def test_a_nudge_reaches_the_worker_of_its_queue_only(settings: Settings, unique: str):
    """A worker for trainings, and a nudge for each queue: the one for inference stays where it is."""
    own = replace(settings, redis_url=settings.redis_url.replace("db=0", "db=14"))
    done, is_done = [], Event()
    app = new_celery(own, socket_timeout=30)

    @app.task(name=f"note-{unique}", shared=False)
    def note(row_id: str) -> None:
        done.append(row_id)
        is_done.set()

    queue = CeleryQueue(own)
    queue.send(INFERENCE, f"note-{unique}", "a run")
    queue.send(TRAINING, f"note-{unique}", "a training")
    with start_worker(app, pool="threads", perform_ping_check=False, queues=[TRAINING], shutdown_timeout=10):
        assert is_done.wait(20)
    assert done == ["a training"]


def test_a_queue_says_how_many_of_its_messages_wait(settings: Settings):
    queue = CeleryQueue(replace(settings, redis_url=settings.redis_url.replace("db=0", "db=13")))
    assert queue.waiting(INFERENCE) == 0
    for number in range(3):
        queue.send(INFERENCE, "run_execution", str(number))
    assert (queue.waiting(INFERENCE), queue.waiting(TRAINING)) == (3, 0)
    assert CeleryQueue(Settings(redis_url="unix:///nobody/is/here.sock?db=0")).waiting(INFERENCE) == 0

"""What is sent by name is there by name."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

import service.facade
from service.facade.tasks.celery_app import new_celery
from service.facade.worker import TASK_MODULES, create_worker

FACADE = Path(service.facade.__file__).parent


@pytest.fixture
def worker(settings, resources):
    return create_worker(settings, resources)


def test_every_task_name_in_the_facade_is_a_task_of_the_worker(worker):
    named = {
        name
        for file in (*FACADE.glob("usecases/*.py"), *FACADE.glob("tasks/*.py"))
        for name in re.findall(r'"(facade\.[a-z_]+)"', file.read_text("utf-8"))
    }

    assert named
    assert named == {name for name in worker.tasks if name.startswith("facade.")}


def test_two_workers_in_one_process_keep_their_tasks_apart(settings, resources, worker):
    other = create_worker(settings, replace(resources))

    assert worker.tasks["facade.watch_operation"] is not other.tasks["facade.watch_operation"]
    assert not [name for name in new_celery(settings, socket_timeout=1).tasks if name.startswith("facade.")]


def test_every_module_with_tasks_is_registered():
    files = {file.stem for file in FACADE.glob("tasks/*.py") if "def register(" in file.read_text("utf-8")}

    assert files == {module.__name__.rpartition(".")[2] for module in TASK_MODULES}


def test_a_periodic_task_that_nobody_took_in_time_is_dropped(worker):
    assert worker.conf.beat_schedule
    for task, entry in worker.conf.beat_schedule.items():
        assert task in worker.tasks
        assert entry["options"]["expires"] == entry["schedule"]

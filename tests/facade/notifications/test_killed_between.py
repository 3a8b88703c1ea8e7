"""A worker that is killed between an incident and its notification: it is told once, wherever that was."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from service.facade.usecases import anomalies, run_outcomes
from service.facade.usecases.anomalies import sweep_anomalies

# The worker's own steps, with real connections: it says where it is and goes no further.
WORKER = """
import sys, time
from datetime import datetime
from service.facade.resources import join
from service.facade.store import notifications
from service.facade.usecases import anomalies
from service.settings import load_settings

def reach(place):
    if place == sys.argv[2]:
        print("there", flush=True)
        time.sleep(60)

record = notifications.record
def recording(*arguments):
    reach("before")
    recorded = record(*arguments)
    reach("after")
    return recorded

class Queue:
    def send(self, task, *arguments, delay=0.0):
        reach("committed")

notifications.record = recording
resources = join(load_settings(), Queue())
object.__setattr__(resources, "clock", lambda: datetime.fromisoformat(sys.argv[3]))
anomalies.tell_anomalies(resources, int(sys.argv[1]))
"""
ANOMALY = dict.fromkeys(range(1, 6), 0.9)


class Killed(BaseException):
    """What no handler for errors catches."""


def kill_a_worker(plant, place: str) -> None:
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(plant.followed.id), place, plant.now.isoformat()],
        env={**os.environ, **plant.resources.settings.environment()},
        stdout=subprocess.PIPE,
    )
    with worker:
        assert worker.stdout.readline() == b"there\n"
        worker.send_signal(signal.SIGKILL)


@pytest.mark.parametrize(("place", "known"), [("before", []), ("after", []), ("committed", ["anomaly.opened"])])
def test_an_incident_outlives_the_worker_that_found_it_and_is_told_once(plant, place, known):
    """Before the notification is written, after it and before the commit, and after the commit."""
    plant.at(5).score(ANOMALY)

    kill_a_worker(plant, place)
    assert plant.news() == known

    sweep_anomalies(plant.resources)
    sweep_anomalies(plant.resources)
    assert known + plant.news() == ["anomaly.opened"]


def test_workers_that_look_at_the_same_time_tell_once(plant):
    plant.at(5).score(ANOMALY)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: anomalies.tell_anomalies(plant.resources, plant.followed.id), range(4)))
    assert plant.news() == ["anomaly.opened"]


def test_a_failure_outlives_the_worker_that_saw_it_and_is_told_once(plant, monkeypatch):
    def killed(*_):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(run_outcomes, "notify", killed)
        with pytest.raises(Killed):
            plant.run("Could not find data file")
    assert plant.news() == []

    assert plant.list_runs() == ["execution.failed"]
    assert plant.list_runs() == []

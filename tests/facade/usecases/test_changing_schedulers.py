"""Two changes of one scheduler at the same time."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from service.facade.problems import Conflict
from service.facade.usecases import schedulers
from service.facade.usecases.schedulers import change_scheduler

OFFSET = {"data_input_configuration": {"input_time_zone_offset": "+05:30"}}
DELIMITER = {"data_input_configuration": {"inference_input_name_configuration": {"component_timestamp_delimiter": "-"}}}


def test_two_changes_of_one_structure_at_once_are_both_made(resources, upstream, name):
    upstream.add_scheduler(name)
    first_has_read, second_has_read = Event(), Event()

    def read_first(_) -> None:
        first_has_read.set()
        second_has_read.wait(0.5)  # in vain: the second has to wait until the first is done

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(change_scheduler, resources, "default", name, OFFSET, read_first)
        assert first_has_read.wait(10)
        second = pool.submit(change_scheduler, resources, "default", name, DELIMITER, lambda _: second_has_read.set())
        first.result(20)
        changed = second.result(20).data_input_configuration

    assert changed.input_time_zone_offset == "+05:30"
    assert changed.inference_input_name_configuration.component_timestamp_delimiter == "-"


def test_of_two_requests_with_one_etag_the_second_is_refused(client, resources, upstream, name):
    upstream.add_scheduler(name)
    address = f"/v1/schedulers/{name}"
    match = {"If-Match": client.get(address).headers["ETag"]}

    answers = [client.patch(address, json=change, headers=match).status_code for change in (OFFSET, DELIMITER)]

    assert answers == [200, 412]


def test_a_change_gives_up_when_others_change_the_scheduler_all_the_time(resources, upstream, name, monkeypatch):
    monkeypatch.setattr(schedulers, "_PATIENCE_SECONDS", 0.2)
    upstream.add_scheduler(name)

    with resources.database.claim("changing", name), pytest.raises(Conflict, match="send the change again"):
        change_scheduler(resources, "default", name, OFFSET, lambda _: None)

    assert "UpdateInferenceScheduler" not in upstream.calls

"""If-Match on what people say of events: two who have read the same do not overwrite each other."""

import pytest
from problem_checks import problem_of

FEEDBACK = {"verdict": "true", "fault_code": "valve-stuck"}


@pytest.fixture
def event(record, name) -> str:
    record(dict.fromkeys(range(1, 31), 0.1) | dict.fromkeys(range(10, 16), 0.9))
    return f"/v1/schedulers/{name}/events/20260301T001000Z"


@pytest.mark.parametrize("said", ["feedback", "acknowledgement"])
def test_the_second_of_two_who_read_the_same_is_refused(client, event, said):
    body = FEEDBACK if said == "feedback" else {"note": "seen"}
    tag = {"If-Match": client.get(event).headers["ETag"]}

    assert client.put(f"{event}/{said}", json=body, headers=tag).status_code == 200
    problem_of(client.put(f"{event}/{said}", json=body, headers=tag), 412, "precondition-failed")
    problem_of(client.delete(f"{event}/{said}", headers=tag), 412, "precondition-failed")

    assert client.get(event).json[said] is not None


def test_whoever_read_it_last_may_take_it_back(client, event):
    client.put(f"{event}/feedback", json=FEEDBACK)
    tag = {"If-Match": client.get(event).headers["ETag"]}

    assert client.delete(f"{event}/feedback", headers=tag).status_code == 204
    assert client.get(event).json["feedback"] is None

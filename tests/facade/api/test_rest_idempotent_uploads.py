"""Idempotency-Key on a body that is streamed: compared by its hash, never whole in memory."""

import tracemalloc
from datetime import timedelta
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from problem_checks import problem_of

from service.facade.api.sent_bodies import HashedStream
from service.facade.store.idempotency import discard_before

ROWS = "timestamp,flow,power\n2026-03-01T12:01:00Z,1.5,2.5\n2026-03-01T12:02:00Z,1.6,2.6\n"


@pytest.fixture
def send(client, upstream, name, unique):
    """Upload a table under one key, as CSV or, with a boundary, as a form."""
    upstream.add_scheduler(name)

    def post(rows: str = ROWS, boundary: str = "", query: str = "component=pump"):
        kind, body = "text/csv", rows
        if boundary:
            kind = f"multipart/form-data; boundary={boundary}"
            part = 'Content-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv'
            body = f"--{boundary}\r\n{part}\r\n\r\n{rows}\r\n--{boundary}--\r\n"
        headers = {"Content-Type": kind, "Idempotency-Key": f"upload-{unique}"}
        return client.post(f"/v1/schedulers/{name}/uploads?{query}", data=body, headers=headers)

    return post


def test_the_same_table_twice_is_one_upload(send, client, name):
    first, again = send(), send()

    assert (first.status_code, again.status_code) == (202, 202), first.data
    assert again.data == first.data
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(client.get(f"/v1/schedulers/{name}/uploads").json["uploads"]) == 1


@pytest.mark.parametrize(
    "other", [ROWS.replace("2.6", "2.7"), ROWS + "2026-03-01T12:03:00Z,1,2\n", ROWS[:-5], ROWS * 3000], ids=len
)
def test_the_key_of_another_table_is_refused(send, client, name, other):
    send()

    problem_of(send(other), 422, "idempotency-key-reused")
    assert len(client.get(f"/v1/schedulers/{name}/uploads").json["uploads"]) == 1


def test_the_key_of_other_parameters_is_refused(send):
    send()

    problem_of(send(query=""), 422, "idempotency-key-reused")


def test_a_form_that_is_sent_again_with_another_boundary_is_the_same(send):
    """curl and browsers draw a new boundary for every form they send."""
    first, again = send(boundary="----one1"), send(boundary="----a-boundary-of-another-length")

    assert first.status_code == 202, first.data
    assert again.json["id"] == first.json["id"]


def test_a_form_with_another_file_is_not_the_same(send):
    send(boundary="one")

    problem_of(send(ROWS.replace("2.6", "2.7"), boundary="two"), 422, "idempotency-key-reused")


def test_a_table_that_was_refused_frees_its_key(send):
    problem_of(send("nonsense"), 422, "invalid-upload")

    assert send().status_code == 202


def test_a_body_that_was_cut_off_is_no_upload(client, upstream, name):
    """Gunicorn hands out what came before the connection broke; half a table must not become input files."""
    upstream.add_scheduler(name)
    cut = {"CONTENT_LENGTH": str(len(ROWS) + 1), "wsgi.input_terminated": True}

    answer = client.post(f"/v1/schedulers/{name}/uploads", data=ROWS, content_type="text/csv", environ_overrides=cut)

    assert f"after {len(ROWS)} of" in problem_of(answer, 400, "bad-request")["detail"]
    assert client.get(f"/v1/schedulers/{name}/uploads").json["uploads"] == []


def test_a_chunk_that_does_not_come_is_no_mistake_of_ours(client, upstream, name):
    class Broken(BytesIO):
        def read(self, size: int = -1) -> bytes:
            if block := super().read(size):
                return block
            raise OSError("No more data after: b'...'")

    upstream.add_scheduler(name)
    cut = {"wsgi.input": Broken(ROWS.encode()), "wsgi.input_terminated": True}

    answer = client.post(f"/v1/schedulers/{name}/uploads", content_type="text/csv", environ_overrides=cut)

    problem_of(answer, 400, "bad-request")


def hashed(body: bytes, boundary: str, block: int):
    stream = HashedStream(BytesIO(body), boundary)
    while stream.read(block):
        pass
    return stream.body()


@given(st.lists(st.sampled_from([b"a", b"b", b"ab", b"aab", b"\0", b"abab"]), max_size=30), st.integers(1, 40))
def test_how_a_body_is_cut_into_blocks_makes_no_difference(parts, block):
    body = b"".join(parts)

    assert hashed(body, "aab", block) == hashed(body, "aab", len(body) + 1)
    assert hashed(body, "", block) == hashed(body, "", len(body) + 1)


def test_what_is_read_is_what_was_sent():
    body = bytes(range(256)) * 40

    stream = HashedStream(BytesIO(body), "boundary")

    assert stream.read(100) + stream.read() == body


def test_a_large_body_is_never_whole_in_memory():
    class Endless:
        left = 64 * 1024

        def read(self, size: int) -> bytes:
            self.left -= 1
            return b"x" * min(size, 1024) if self.left >= 0 else b""

    stream = HashedStream(Endless(), "boundary")
    tracemalloc.start()
    while stream.read(256 * 1024):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert stream.body().size == 64 * 1024 * 1024
    assert peak < 2 * 1024 * 1024


def test_a_key_that_was_forgotten_does_not_find_what_it_uploaded_once(send, resources):
    first = send()
    with resources.database.begin() as db:
        discard_before(db, resources.clock() + timedelta(seconds=1))

    next_day = send(ROWS.replace("03-01", "03-02"))

    assert next_day.status_code == 202
    assert next_day.json["id"] != first.json["id"]

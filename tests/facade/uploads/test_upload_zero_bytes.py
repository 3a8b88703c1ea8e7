"""Characters that PostgreSQL cannot keep: they must be named, and never leave an upload unfinished for ever."""

from io import BytesIO

import pytest

from service.facade.problems import InvalidUpload
from service.facade.usecases.upload_work import work_on_uploads
from service.facade.usecases.uploads import accept_upload, show_upload

ROW = b"2026-01-01T00:01:00,3\n"


def test_a_zero_byte_far_into_a_file_fails_the_upload_and_names_the_row(resources, scheduler, monkeypatch):
    monkeypatch.setattr("service.facade.usecases.upload_staging.BEGINNING_BYTES", 30)
    content = b"t,speed\n" + ROW * 100 + b"2026-01-01T00:02:00,1\x002\n" + ROW
    upload_id = accept_upload(resources, "default", scheduler, [("motor.csv", [content[:100], content[100:]])]).id
    work_on_uploads(resources, scheduler)
    upload = show_upload(resources, "default", upload_id)
    assert (upload.status, upload.problem["type"]) == ("failed", "/problems/invalid-upload")
    assert upload.problem["errors"][0]["row"] == 102


@pytest.mark.parametrize("name", ["a\0b.csv", "a\nb.csv", "\ud800.csv", "x" * 256])
def test_a_file_name_that_cannot_be_kept_is_refused(resources, scheduler, staged, name):
    with pytest.raises(InvalidUpload) as caught:
        accept_upload(resources, "default", scheduler, [(name, [b"t,speed\n" + ROW])])
    assert "name" in caught.value.detail
    assert staged() == []


def test_a_file_name_with_a_zero_byte_is_refused_over_http(client, scheduler):
    body = (
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="a\0b.csv"\r\n\r\nt,speed\n'
        + ROW
        + b"\r\n--x--\r\n"
    )
    answer = client.post(
        f"/v1/schedulers/{scheduler}/uploads", data=BytesIO(body), content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code in (400, 422)
    assert answer.mimetype == "application/problem+json"

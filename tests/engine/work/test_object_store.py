"""The engine's way to S3, against a real server; what a server cannot be brought to say is stubbed at the client."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import NoCredentialsError
from botocore.stub import Stubber

from service.engine.objects import ObjectMissing, ObjectsRefused, ObjectStore, ObjectsUnavailable


@pytest.fixture
def filled(s3: Any, bucket: str) -> str:
    for number in range(1, 6):
        s3.put_object(Bucket=bucket, Key=f"in/c_{number}.csv", Body=b"x" * number)
    return bucket


@pytest.fixture
def stubbed() -> tuple[ObjectStore, Stubber]:
    client = boto3.client("s3", region_name="eu-west-1", aws_access_key_id="key", aws_secret_access_key="secret")
    stubber = Stubber(client)
    stubber.activate()
    return ObjectStore(client), stubber


def test_a_listing_begins_behind_one_key_and_ends_with_another(work_objects, filled):
    found = work_objects.list(filled, "in/", after="in/c_1.csv", until="in/c_4.csv")
    assert [(entry.key, entry.size) for entry in found] == [(f"in/c_{number}.csv", number) for number in (2, 3, 4)]


def test_a_listing_stops_asking_when_the_last_key_is_behind_it(stubbed):
    """The second page is never asked for; a stub without an answer for it would say so."""
    store, stubber = stubbed
    page = {
        "Contents": [{"Key": key, "Size": 1, "LastModified": "2026-03-01T00:00:00Z"} for key in ("a", "b", "c")],
        "IsTruncated": True,
        "NextContinuationToken": "more",
    }
    stubber.add_response("list_objects_v2", page, {"Bucket": "bucket", "Prefix": ""})
    assert [entry.key for entry in store.list("bucket", "", until="b")] == ["a", "b"]


@pytest.mark.parametrize(
    ("after", "until", "asked_for"),
    [
        ("in/c_20260301", "in/c_20260309", "in/c_2026030"),
        ("in/c_1", "in/d_1", "in/"),
        ("in/c_1", "", "in/"),
        ("", "in/c_1", "in/"),
        ("other/1", "other/2", "in/"),
    ],
)
def test_a_listing_asks_for_the_longest_prefix_of_what_it_can_find(stubbed, after, until, asked_for):
    store, stubber = stubbed
    asked = {"Bucket": "bucket", "Prefix": asked_for} | ({"StartAfter": after} if after else {})
    stubber.add_response("list_objects_v2", {}, asked)
    assert list(store.list("bucket", "in/", after=after, until=until)) == []
    stubber.assert_no_pending_responses()


def test_many_objects_come_in_the_order_they_were_asked_for(work_objects, filled):
    keys = [f"in/c_{number}.csv" for number in (5, 1, 3)]
    assert [len(body) for body in work_objects.get_many(filled, keys)] == [5, 1, 3]


def test_what_is_put_can_be_got(work_objects, bucket):
    work_objects.put(bucket, "out/results.jsonl", b"line\n")
    assert work_objects.get(bucket, "out/results.jsonl") == b"line\n"


def test_a_prefix_is_deleted_with_all_below_it_and_nothing_beside(work_objects, filled):
    work_objects.put(filled, "other.csv", b"")
    work_objects.delete_prefix(filled, "in/")
    assert [entry.key for entry in work_objects.list(filled, "")] == ["other.csv"]


def test_a_bucket_is_made_once(work_objects, unique):
    for _ in range(2):
        work_objects.make_bucket(f"made-{unique}")
    assert list(work_objects.list(f"made-{unique}", "")) == []


def test_a_missing_key_is_named(work_objects, bucket):
    with pytest.raises(ObjectMissing, match=f"There is no object s3://{bucket}/nothing"):
        work_objects.get(bucket, "nothing")


def test_a_missing_bucket_is_named(work_objects):
    with pytest.raises(ObjectsRefused, match="The bucket 'nobody-has-this' does not exist"):
        list(work_objects.list("nobody-has-this", ""))


@pytest.mark.parametrize("code", ["AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch"])
def test_a_missing_permission_says_what_to_check(stubbed, code):
    store, stubber = stubbed
    stubber.add_client_error("get_object", code, http_status_code=403)
    with pytest.raises(ObjectsRefused) as caught:
        store.get("bucket", "key")
    assert str(caught.value) == (
        f"No permission to read s3://bucket/key ({code}): check the role, the bucket's policy and the credentials that "
        "the engine runs with."
    )


def test_a_kms_key_that_cannot_be_used_is_the_owners_to_mend(stubbed):
    store, stubber = stubbed
    stubber.add_client_error("put_object", "KMS.DisabledException", "The key is disabled.", http_status_code=400)
    with pytest.raises(ObjectsRefused, match=r"KMS\.DisabledException\. The key is disabled\."):
        store.put("bucket", "key", b"", kms_key_id="alias/results")


def test_a_kms_key_is_passed_on(stubbed):
    store, stubber = stubbed
    encrypted = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "alias/results"}
    stubber.add_response("put_object", {}, {"Bucket": "bucket", "Key": "key", "Body": b"x"} | encrypted)
    store.put("bucket", "key", b"x", kms_key_id="alias/results")
    stubber.assert_no_pending_responses()


@pytest.mark.parametrize(("code", "status"), [("SlowDown", 503), ("InternalError", 500), ("RequestTimeout", 400)])
def test_trouble_of_the_store_itself_may_pass(stubbed, code, status):
    store, stubber = stubbed
    stubber.add_client_error("get_object", code, http_status_code=status)
    with pytest.raises(ObjectsUnavailable, match=f"S3 failed to read s3://bucket/key: {code}"):
        store.get("bucket", "key")


def test_an_engine_without_credentials_says_so():
    client = boto3.client("s3", region_name="eu-west-1", aws_access_key_id="key", aws_secret_access_key="secret")

    def nobody(**_: Any) -> None:
        raise NoCredentialsError

    client.meta.events.register("before-call.s3.GetObject", nobody)
    with pytest.raises(ObjectsRefused, match="The engine has no credentials to read s3://bucket/key"):
        ObjectStore(client).get("bucket", "key")


def test_small_objects_are_got_without_boto3(work_objects, filled, monkeypatch):
    monkeypatch.setattr(work_objects, "get", None)
    assert work_objects.get_many(filled, ["in/c_2.csv", "in/c_1.csv"]) == [b"xx", b"x"]


@pytest.mark.parametrize("key", ["in/c 1.csv", "in/a%20b.csv", "in/é#?&+$~.csv", "in/a:b*c|d.csv"])
def test_a_key_of_unusual_letters_gives_its_own_object(work_objects, bucket, key, monkeypatch):
    work_objects.put(bucket, key, b"its own")
    monkeypatch.setattr(work_objects, "get", None)
    assert work_objects.get_many(bucket, [key, key]) == [b"its own"] * 2


@pytest.mark.parametrize("key", ["/in/c_1.csv", "in//c_1.csv", "in/../in/c_1.csv", "in/./c_1.csv", "in/c_1.csv/"])
def test_a_key_that_would_be_changed_on_the_way_is_left_to_boto3(work_objects, filled, key, monkeypatch):
    monkeypatch.setattr(work_objects, "get", lambda bucket, key: b"by boto3")
    assert work_objects.get_many(filled, [key, key]) == [b"by boto3"] * 2


def test_what_cannot_be_got_quickly_is_named_by_boto3(work_objects, filled):
    with pytest.raises(ObjectMissing, match=f"There is no object s3://{filled}/nothing"):
        work_objects.get_many(filled, ["in/c_1.csv", "nothing"])


def test_a_listing_of_many_pages_is_whole(stubbed):
    store, stubber = stubbed
    first = {"Contents": [_entry("a")], "IsTruncated": True, "NextContinuationToken": "more"}
    stubber.add_response("list_objects_v2", first, {"Bucket": "bucket", "Prefix": ""})
    asked = {"Bucket": "bucket", "Prefix": "", "ContinuationToken": "more"}
    stubber.add_response("list_objects_v2", {"Contents": [_entry("b")]}, asked)
    assert [entry.key for entry in store.list("bucket", "")] == ["a", "b"]


def _entry(key: str) -> dict[str, Any]:
    return {"Key": key, "Size": 1, "LastModified": "2026-03-01T00:00:00Z"}


def test_a_prefix_is_copied_inside_the_store_and_names_its_size(work_objects, filled, s3):
    large = b"x" * 20 * 1024**2
    s3.put_object(Bucket=filled, Key="in/deep/large ü.bin", Body=large)
    assert work_objects.copy_prefix(filled, "in/", "out/") == 1 + 2 + 3 + 4 + 5 + len(large)
    copied = [entry.key for entry in work_objects.list(filled, "out/")]
    assert copied == [f"out/c_{number}.csv" for number in range(1, 6)] + ["out/deep/large ü.bin"]
    assert work_objects.get(filled, "out/deep/large ü.bin") == large


def test_a_prefix_without_objects_cannot_be_copied(work_objects, filled):
    with pytest.raises(ObjectMissing, match="no object below s3://"):
        work_objects.copy_prefix(filled, "none/", "out/")

"""Small objects put by obstore, and by boto3 where obstore cannot."""

from dataclasses import dataclass, field, replace
from hashlib import md5

import pytest

from service.facade.aws import clients, puts
from service.facade.aws.clients import connect_s3
from service.facade.aws.puts import ObjectPuts, connect_puts, put_object
from service.facade.problems import StorageRefused, StorageUnavailable


@dataclass
class Counting:
    """Stands for boto3 and remembers the keys it was asked to put."""

    keys: list[str] = field(default_factory=list)

    def put_object(self, Key: str, **_) -> None:
        self.keys.append(Key)


@pytest.fixture
def boto() -> Counting:
    return Counting()


@pytest.fixture
def quick(settings, boto) -> ObjectPuts:
    return connect_puts(settings, boto)


@pytest.mark.parametrize("content", [b"", b"Timestamp,flow\n", bytes(range(256)) * 4096])
def test_an_object_is_what_boto3_would_have_put(quick, boto, s3, bucket, content):
    put_object(quick, bucket, "in/by-obstore.csv", content, "text/csv")
    s3.put_object(Bucket=bucket, Key="in/by-boto3.csv", Body=content, ContentType="text/csv")
    ours, theirs = (s3.get_object(Bucket=bucket, Key=f"in/by-{way}.csv") for way in ("obstore", "boto3"))
    assert ours["Body"].read() == theirs["Body"].read() == content
    assert (ours["ETag"], ours["ContentType"]) == (theirs["ETag"], "text/csv")
    assert ours["ETag"].strip('"') == md5(content, usedforsecurity=False).hexdigest()
    assert boto.keys == []


@pytest.mark.parametrize("key", ["in/pump 1.csv", "in/a%20b.csv", "in/é#?&+$~.csv", "in/a:b*c|d.csv", "pump.csv"])
def test_a_key_of_unusual_letters_stays_as_it_is(quick, boto, s3, bucket, key):
    put_object(quick, bucket, key, b"x", "text/csv")
    assert [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket)["Contents"]] == [key]
    assert boto.keys == []


@pytest.mark.parametrize("key", ["/in/pump.csv", "in//pump.csv", "in/../pump.csv", "in/./pump.csv", "in/pump.csv/"])
def test_a_key_that_obstore_would_change_is_put_by_boto3(quick, boto, bucket, key):
    put_object(quick, bucket, key, b"x", "text/csv")
    assert boto.keys == [key]


def test_an_object_that_is_not_small_is_put_by_boto3(quick, boto, bucket, monkeypatch):
    monkeypatch.setattr(puts, "_LARGEST", 3)
    put_object(quick, bucket, "in/three", b"xxx", "text/csv")
    put_object(quick, bucket, "in/four", b"xxxx", "text/csv")
    assert boto.keys == ["in/four"]


def test_a_bucket_that_is_not_there_is_refused_in_the_words_of_aws(settings):
    with pytest.raises(StorageRefused, match=r"s3://nobody-has-this/in/pump\.csv.*NoSuchBucket") as caught:
        put_object(connect_puts(settings, connect_s3(settings)), "nobody-has-this", "in/pump.csv", b"x", "text/csv")
    assert caught.value.aws_error_code == "NoSuchBucket"


def test_a_wrong_secret_is_refused(settings, bucket):
    wrong = replace(settings, aws_secret_access_key="wrong")
    with pytest.raises(StorageRefused, match="SignatureDoesNotMatch"):
        put_object(connect_puts(wrong, connect_s3(wrong)), bucket, "in/pump.csv", b"x", "text/csv")


def test_s3_that_is_away_is_said_to_be_unavailable(settings, free_port):
    away = replace(settings, s3_endpoint_url=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(StorageUnavailable, match=r"s3://plant/in/pump\.csv"):
        put_object(connect_puts(away, connect_s3(away)), "plant", "in/pump.csv", b"x", "text/csv")


def test_without_a_key_in_the_settings_the_chain_of_boto3_gives_one(settings, boto, s3, bucket, monkeypatch, tmp_path):
    keys = ("aws_access_key_id", "aws_secret_access_key")
    for name in keys:
        monkeypatch.delenv(name.upper(), raising=False)
    profile = tmp_path / "credentials"
    profile.write_text("\n".join(["[default]", *(f"{name} = {getattr(settings, name)}" for name in keys)]))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(profile))
    monkeypatch.setattr(clients, "_session", clients._session.__wrapped__)
    unnamed = replace(settings, aws_access_key_id="", aws_secret_access_key="")
    put_object(connect_puts(unnamed, boto), bucket, "in/pump.csv", b"x", "text/csv")
    assert s3.list_objects_v2(Bucket=bucket)["Contents"][0]["Key"] == "in/pump.csv"
    assert boto.keys == []

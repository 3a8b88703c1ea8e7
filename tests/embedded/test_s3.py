"""What we rely on in the embedded S3 server, tried with boto3."""

import http.client
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.exceptions import ClientError

from service.embedded.s3 import DEFAULT_KEY_ID


def test_a_range_of_an_object_can_be_read(s3, bucket):
    s3.put_object(Bucket=bucket, Key="a/b.csv", Body=b"0123456789")
    assert s3.get_object(Bucket=bucket, Key="a/b.csv", Range="bytes=2-4")["Body"].read() == b"234"


def test_a_listing_begins_after_the_key_asked_for(s3, bucket):
    for name in ("a/1", "a/2", "a/3", "b/1"):
        s3.put_object(Bucket=bucket, Key=name, Body=b"x")
    page = s3.list_objects_v2(Bucket=bucket, Prefix="a/", StartAfter="a/1")
    assert [item["Key"] for item in page["Contents"]] == ["a/2", "a/3"]


def test_a_long_listing_comes_in_pages(s3, bucket):
    names = [f"in/{number:03}" for number in range(25)]
    for name in names:
        s3.put_object(Bucket=bucket, Key=name, Body=b"x")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="in/", PaginationConfig={"PageSize": 10})
    assert [item["Key"] for page in pages for item in page["Contents"]] == names


def test_an_object_is_overwritten_and_deleted(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"old and long")
    s3.put_object(Bucket=bucket, Key="k", Body=b"new")
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"new"
    s3.delete_object(Bucket=bucket, Key="k")
    with pytest.raises(ClientError, match="NoSuchKey"):
        s3.get_object(Bucket=bucket, Key="k")


def test_a_multipart_upload_becomes_one_object(s3, bucket):
    upload = s3.create_multipart_upload(Bucket=bucket, Key="big")["UploadId"]
    part = {"Bucket": bucket, "Key": "big", "UploadId": upload}
    parts = [
        {"PartNumber": number, "ETag": s3.upload_part(**part, PartNumber=number, Body=body)["ETag"]}
        for number, body in ((1, b"a" * 5 * 1024 * 1024), (2, b"b" * 10))
    ]
    s3.complete_multipart_upload(**part, MultipartUpload={"Parts": parts})
    assert s3.head_object(Bucket=bucket, Key="big")["ContentLength"] == 5 * 1024 * 1024 + 10


def test_an_aborted_multipart_upload_leaves_nothing(s3, bucket):
    upload = s3.create_multipart_upload(Bucket=bucket, Key="big")["UploadId"]
    s3.upload_part(Bucket=bucket, Key="big", UploadId=upload, PartNumber=1, Body=b"a" * 100)
    s3.abort_multipart_upload(Bucket=bucket, Key="big", UploadId=upload)
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


def test_sixteen_puts_at_once_all_arrive(s3, bucket):
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda n: s3.put_object(Bucket=bucket, Key=f"p/{n}", Body=str(n).encode()), range(160)))
    listed = s3.list_objects_v2(Bucket=bucket, Prefix="p/")["Contents"]
    assert len(listed) == 160
    assert s3.get_object(Bucket=bucket, Key="p/77")["Body"].read() == b"77"


def test_a_put_that_breaks_off_leaves_the_old_object(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"old")
    url = urlsplit(s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "k"}))
    connection = http.client.HTTPConnection(url.netloc, timeout=10)
    connection.putrequest("PUT", f"{url.path}?{url.query}")
    connection.putheader("Content-Length", "1000000")
    connection.endheaders(b"half of it")
    connection.close()
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"old"
    assert [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["k"]


def test_a_caller_with_another_secret_is_refused(s3_endpoint_url):
    stranger = boto3.Session().client(
        "s3",
        endpoint_url=s3_endpoint_url,
        region_name="eu-west-1",
        aws_access_key_id=DEFAULT_KEY_ID,
        aws_secret_access_key="not the secret",
    )
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        stranger.list_buckets()

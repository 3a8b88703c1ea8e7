"""Objects streamed into and out of a real S3 server."""

import pytest

from service.facade.aws.objects import PART_BYTES, delete_object, find_object, list_objects, read_range, writing
from service.facade.problems import StorageRefused

BLOCK = bytes(range(256)) * 1024


@pytest.mark.parametrize("size", [0, 1, len(BLOCK), PART_BYTES, PART_BYTES + 1, 3 * PART_BYTES + 5])
def test_an_object_of_any_size_is_what_was_written(s3, bucket, size):
    content = (BLOCK * (size // len(BLOCK) + 1))[:size]
    with writing(s3, bucket, "staged") as writer:
        for at in range(0, size, len(BLOCK)):
            writer.write(content[at : at + len(BLOCK)])
    assert writer.size == size
    assert find_object(s3, bucket, "staged") == content


def test_a_range_is_read_in_blocks(s3, bucket):
    content = BLOCK * 40
    s3.put_object(Bucket=bucket, Key="staged", Body=content)
    offset, size = 1_000_001, 5_000_003
    blocks = list(read_range(s3, bucket, "staged", offset, size))
    assert b"".join(blocks) == content[offset : offset + size]
    assert max(map(len, blocks)) < size / 4
    assert list(read_range(s3, bucket, "staged", 7, 0)) == []


def test_an_object_whose_writing_failed_does_not_appear(s3, bucket):
    with pytest.raises(RuntimeError), writing(s3, bucket, "staged") as writer:
        writer.write(BLOCK * 40)
        raise RuntimeError
    assert find_object(s3, bucket, "staged") is None


def test_a_listing_has_the_keys_between_two_with_both_ends(s3, bucket):
    for number in range(6):
        s3.put_object(Bucket=bucket, Key=f"in/pump_{number}.csv", Body=b"")
    s3.put_object(Bucket=bucket, Key="in/pump.csv", Body=b"")
    listed = list_objects(s3, bucket, "in/pump_", "in/pump_2.csv", "in/pump_4.csv")
    assert [entry["Key"] for entry in listed] == [f"in/pump_{number}.csv" for number in (2, 3, 4)]


def test_a_listing_goes_over_many_pages(s3, bucket):
    for number in range(1005):
        s3.put_object(Bucket=bucket, Key=f"in/{number:05}", Body=b"")
    assert len(list(list_objects(s3, bucket, "in/", "in/00001", "in/~"))) == 1004


def test_what_is_refused_names_the_object(s3):
    with pytest.raises(StorageRefused, match="s3://no-such-bucket/key"), writing(s3, "no-such-bucket", "key") as writer:
        writer.write(b"x")


def test_deleting_twice_is_fine(s3, bucket):
    s3.put_object(Bucket=bucket, Key="staged", Body=b"x")
    for _ in range(2):
        delete_object(s3, bucket, "staged")
    assert find_object(s3, bucket, "staged") is None

"""Objects streamed into and out of a real S3 server."""

import pytest

from service.facade.aws import objects
from service.facade.aws.objects import PART_BYTES, PieceReader, delete_object, find_object, list_objects, writing
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


@pytest.mark.parametrize("piece", [1000, 4096, 10**6, 10**9])
def test_ranges_are_read_from_pieces_that_they_share(s3, bucket, monkeypatch, piece):
    content = BLOCK * 2
    s3.put_object(Bucket=bucket, Key="staged", Body=content)
    asked = []
    monkeypatch.setattr(objects, "PIECE_BYTES", piece)
    reader = PieceReader(s3, bucket, "staged")
    s3.meta.events.register("before-call.s3.GetObject", count := lambda **_: asked.append(1))
    ranges = [(0, 10), (10, 4090), (4100, 0), (4100, 20_000), (24_100, 5), (len(content) - 7, 7), (0, 3)]
    read = [b"".join(reader.read(*wanted)) for wanted in ranges]
    s3.meta.events.unregister("before-call.s3.GetObject", count)
    assert read == [content[offset : offset + size] for offset, size in ranges]
    assert len(asked) <= 24_105 / piece + 4


def test_a_large_range_comes_in_small_blocks(s3, bucket):
    content = BLOCK * 40
    s3.put_object(Bucket=bucket, Key="staged", Body=content)
    blocks = list(PieceReader(s3, bucket, "staged").read(1, len(content) - 1))
    assert b"".join(blocks) == content[1:]
    assert max(map(len, blocks)) <= len(BLOCK)


def test_an_object_whose_writing_failed_does_not_appear(s3, bucket):
    def write_some() -> None:
        with writing(s3, bucket, "staged") as writer:
            writer.write(BLOCK * 40)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_some()
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

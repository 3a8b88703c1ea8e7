"""What our schemas check is what the service model says."""

import re

import pytest

from service.facade.api.schemas import executions, models, operations, schedulers
from service.facade.domain.operations import ON_THE_WAY, WANTED
from service.wire import service_model


def shape(name: str):
    return service_model().shape_for(name)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (schedulers.FREQUENCIES, "DataUploadFrequency"),
        (schedulers.STATUSES, "InferenceSchedulerStatus"),
        (executions.STATUSES, "InferenceExecutionStatus"),
        (models.STATUSES, "ModelStatus"),
    ],
)
def test_enumerations_are_those_of_the_service_model(ours, theirs):
    assert list(ours) == shape(theirs).enum


def pattern_of(schema, field: str) -> re.Pattern:
    return schema().fields[field].validate.regex


BUCKETS = ["plant", "a.b-c", "Ab", "a", "x" * 64, "-ab", "a_b", "ab1"]
PREFIXES = ["", "a/", "/", "//", "a", "a/b/", "ü/", "€/", "\x00/", "x" * 1023 + "/", "x" * 1024 + "/"]
OFFSETS = ["+00:00", "-05:30", "5:30", "+5:30", "Z"]
NAMES = ["a", "A-b_9", "", "a b", "ä", "x" * 200, "x" * 201]


@pytest.mark.parametrize(
    ("schema", "field", "theirs", "texts"),
    [
        (schedulers.S3LocationSchema, "bucket", "S3Bucket", BUCKETS),
        (schedulers.S3LocationSchema, "prefix", "S3Prefix", PREFIXES),
        (schedulers.DataInputSchema, "input_time_zone_offset", "TimeZoneOffset", OFFSETS),
        (schedulers.NewSchedulerSchema, "inference_scheduler_name", "InferenceSchedulerName", NAMES),
    ],
)
def test_patterns_agree_with_the_service_model(schema, field, theirs, texts):
    pattern = shape(theirs).metadata["pattern"]
    longest = shape(theirs).metadata.get("max", 1000)

    for text in texts:
        upstream_says = bool(re.fullmatch(pattern, text)) and len(text) <= longest
        assert bool(pattern_of(schema, field).fullmatch(text)) == upstream_says, text


@pytest.mark.parametrize("text", ["EPOCH", "yyyy-MM-dd-HH-mm-ss", "yyyyMMddHHmmss"])
def test_stamp_formats_are_the_three_of_the_service_model(text):
    assert text in shape("FileNameTimestampFormat").metadata["pattern"]
    assert text in schedulers.TIMESTAMP_FORMATS


def test_every_kind_of_operation_is_documented_and_has_an_end():
    assert set(operations.KINDS) == {*WANTED, "delete_scheduler"}
    assert set(WANTED.values()) == set(ON_THE_WAY)
    assert {*ON_THE_WAY, *ON_THE_WAY.values()} == set(schedulers.STATUSES)

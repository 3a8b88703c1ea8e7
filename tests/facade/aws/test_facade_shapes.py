"""The protocol's members and our fields."""

import pytest
from botocore.model import StructureShape
from hypothesis import given
from hypothesis import strategies as st

from service.facade.aws.shapes import camel, camel_keys, snake, snake_keys
from service.wire import service_model

MEMBERS = sorted(
    {
        member
        for name in service_model().shape_names
        if isinstance(shape := service_model().shape_for(name), StructureShape)
        for member in shape.members
    }
)


@pytest.mark.parametrize(
    ("member", "field"),
    [
        ("InferenceSchedulerName", "inference_scheduler_name"),
        ("S3InputConfiguration", "s3_input_configuration"),
        ("KmsKeyId", "kms_key_id"),
        ("DataDelayOffsetInMinutes", "data_delay_offset_in_minutes"),
        ("Bucket", "bucket"),
    ],
)
def test_members_and_fields(member, field):
    assert (snake(member), camel(field)) == (field, member)


def test_every_member_of_the_service_model_comes_back():
    assert [camel(snake(member)) for member in MEMBERS] == MEMBERS


def test_the_lower_camel_case_of_messages_reads_alike():
    assert snake("dataInputConfiguration") == "data_input_configuration"


def test_fields_without_a_value_are_left_out_and_empty_ones_are_not():
    assert camel_keys({"a_b": None, "c": "", "d": 0, "e": {"f_g": None}}) == {"C": "", "D": 0, "E": {}}


@given(st.dictionaries(st.sampled_from(MEMBERS), st.integers() | st.lists(st.integers())))
def test_values_are_not_touched(members):
    assert camel_keys(snake_keys(members)) == members

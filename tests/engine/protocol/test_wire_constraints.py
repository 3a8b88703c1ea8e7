"""Constraints of the service model, for every operation: each has a value that breaks it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.model import ListShape, Shape, StructureShape
from raw_calls import error_of, send

from service.wire import service_model

# For each pattern of the model that an input uses, a value of a legal length that does not match. None: every
# string matches ([\P{M}\p{M}] is any character).
WRONG = {
    r"^[0-9a-zA-Z_-]{1,200}$": "bad name!",
    r"^[a-z0-9][\.\-a-z0-9]{1,61}[a-z0-9]$": "Bucket_Of_Mine",
    r"(^$)|([\u0009\u000A\u000D\u0020-\u00FF]{1,1023}/$)": "no-slash-at-the-end",
    r"\p{ASCII}{1,256}": "tökén",
    r"\p{ASCII}{0,8192}": "tökén",
    r"arn:aws(-[^:]+)?:iam::[0-9]{12}:role/.+": "arn:aws:iam::12345:role/short-account",
    r"^[A-Za-z0-9][A-Za-z0-9:_/+=,@.-]{0,2048}$": "-begins-with-a-hyphen",
    r"^EPOCH|yyyy-MM-dd-HH-mm-ss|yyyyMMddHHmmss$": "EPOCHx",
    r"^(\-|\_|\s)?$": "+",
    r"^(\+|\-)[0-9]{2}\:[0-9]{2}$": "05:30",
    r"^(?!aws:)[a-zA-Z+-=._:/]+$": "aws:reserved",
    r"[\s\w+-=\.:/@]*": "curly{",
    r"[A-Fa-f0-9]{0,32}": "not-hex",
    r"[A-Fa-f0-9]{1,32}": "not-hex",
    r"[0-9A-Fa-f]+": "not-hex",
    r"[\u0009\u000A\u000D\u0020-\u00FF]+": "€",
    r"^P(\dY)?(\d{1,2}M)?(\d{1,3}D)?$": "PT5M",
    r"^P180D$|^P360D$|^P540D$|^P720D$": "P90D",
    r"arn:aws(-[^:]+)?:lookoutequipment:[a-zA-Z0-9\-]*:[0-9]{12}:.+": "arn:aws:s3:::some-bucket-of-mine",
    r"arn:aws(-[^:]+)?:lookoutequipment:[a-zA-Z0-9\-]*:[0-9]{12}:dataset\/[0-9a-zA-Z_-]{1,200}\/.+": (
        "arn:aws:lookoutequipment:eu-west-1:123456789012:model/m/1"
    ),
    (
        r"^arn:aws(-[^:]+)?:lookoutequipment:[a-zA-Z0-9\-]*:[0-9]{12}:model\/[0-9a-zA-Z_-]{1,200}\/.+"
        r"\/model-version\/[0-9]{1,}$"
    ): "arn:aws:lookoutequipment:eu-west-1:123456789012:model/m/1",
    r"[\P{M}\p{M}]{1,1024}[^/]$": "a/folder/",
    r"[\P{M}\p{M}]{1,100}": None,
    r"[\P{M}\p{M}]{1,200}": None,
    r"[\P{M}\p{M}]{1,2560}": None,
}


def leaves(shape: Shape, path: tuple = ()) -> Iterator[tuple[tuple, Shape]]:
    """Every member of an input, with the way to it."""
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            yield from leaves(member, (*path, name))
        return
    yield path, shape
    if isinstance(shape, ListShape):
        yield from leaves(shape.member, (*path, 0))


def breaches(shape: Shape) -> Iterator[tuple[Any, str]]:
    """Values that break one constraint of a shape, with what the message has to say."""
    limits, kind = shape.metadata, shape.type_name
    if kind == "string":
        if limits.get("min"):
            yield "", f"Member must have length greater than or equal to {limits['min']}"
        if "max" in limits:
            yield "a" * (limits["max"] + 1), f"Member must have length less than or equal to {limits['max']}"
        if "enum" in limits:
            yield "NOPE", f"Member must satisfy enum value set: [{', '.join(limits['enum'])}]"
        if WRONG.get(limits.get("pattern")) is not None:
            wrong = WRONG[limits["pattern"]]
            yield wrong, f"Member must satisfy regular expression pattern: {limits['pattern']}"
    if kind in ("integer", "long"):
        if "min" in limits:
            yield limits["min"] - 1, f"Member must have value greater than or equal to {limits['min']}"
        if "max" in limits:
            yield limits["max"] + 1, f"Member must have value less than or equal to {limits['max']}"
    if kind == "list" and "max" in limits:
        element = {} if isinstance(shape.member, StructureShape) else "a"
        yield [element] * (limits["max"] + 1), f"Member must have length less than or equal to {limits['max']}"


def nested(path: tuple, value: Any) -> Any:
    for step in reversed(path):
        value = [value] if step == 0 else {step: value}
    return value


def shown(path: tuple) -> str:
    return ".".join("1.member" if step == 0 else step[0].lower() + step[1:] for step in path)


CASES = [
    pytest.param(operation, path, value, sentence, id=f"{operation}.{shown(path)}: {sentence[12:40]}")
    for operation in service_model().operation_names
    for path, shape in leaves(service_model().operation_model(operation).input_shape)
    for value, sentence in breaches(shape)
]


@pytest.mark.parametrize(("operation", "path", "value", "sentence"), CASES)
def test_a_value_outside_a_constraint_is_refused(app: Callable, operation: str, path: tuple, value: Any, sentence: str):
    status, code, message = error_of(send(app, operation, nested(path, value)))
    assert (status, code) == (400, "ValidationException")
    assert f"at '{shown(path)}' failed to satisfy constraint: {sentence}" in message


@pytest.mark.parametrize("operation", service_model().operation_names)
def test_a_required_member_that_is_missing_is_named(app: Callable, operation: str):
    required = service_model().operation_model(operation).input_shape.required_members
    response = send(app, operation, {})
    for name in required:
        assert (
            f"Value null at '{shown((name,))}' failed to satisfy constraint: Member must not be null" in response.text
        )
    assert (response.status_code == 400 and "ValidationException" in response.text) or not required


def test_every_pattern_of_an_input_has_a_wrong_value_here():
    patterns = {
        shape.metadata["pattern"]
        for operation in service_model().operation_names
        for _, shape in leaves(service_model().operation_model(operation).input_shape)
        if "pattern" in shape.metadata
    }
    assert patterns - WRONG.keys() == set()


def test_the_message_is_worded_as_aws_words_it(app: Callable):
    status, code, message = error_of(send(app, "DescribeInferenceScheduler", {"InferenceSchedulerName": "bad name!"}))
    assert (status, code) == (400, "ValidationException")
    assert message == (
        "1 validation error detected: Value 'bad name!' at 'inferenceSchedulerName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: ^[0-9a-zA-Z_-]{1,200}$"
    )


def test_several_errors_are_counted_and_joined(app: Callable):
    _, _, message = error_of(send(app, "ListInferenceExecutions", {"MaxResults": 501, "Status": "FOO"}))
    assert message == (
        "3 validation errors detected: "
        "Value null at 'inferenceSchedulerName' failed to satisfy constraint: Member must not be null; "
        "Value '501' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 500; "
        "Value 'FOO' at 'status' failed to satisfy constraint: "
        "Member must satisfy enum value set: [IN_PROGRESS, SUCCESS, FAILED]"
    )


def test_a_very_long_wrong_value_is_repeated_in_part(app: Callable):
    _, _, message = error_of(send(app, "DescribeDataset", {"DatasetName": "!" * 100_000}))
    assert len(message) < 1000


def test_unknown_members_and_nulls_are_ignored(app: Callable):
    answer = send(app, "ListModels", {"NoSuchMember": {"a": 1}, "Status": None})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        ("S3Prefix", ""),
        ("S3Prefix", "ä/"),
        ("ComponentTimestampDelimiter", ""),
        ("ComponentTimestampDelimiter", " "),
        ("FileNameTimestampFormat", "EPOCH"),
        ("FileNameTimestampFormat", "yyyy-MM-dd-HH-mm-ss"),
        ("FileNameTimestampFormat", "yyyyMMddHHmmss"),
        ("Comments", "a line\nand another, é and 漢字 too"),
        ("TagKey", "team-1_of:us/x=y+z.0"),
        ("TagValue", ""),
        ("IdempotenceToken", "\x7f ~"),
        ("Policy", '{"Version":\t"ÿ"}'),
        ("IamRoleArn", "arn:aws-us-gov:iam::123456789012:role/a/b"),
    ],
)
def test_the_patterns_written_for_java_admit_what_they_should(shape: str, value: str):
    from service.engine.protocol.patterns import compile_pattern

    assert compile_pattern(service_model().shape_for(shape).metadata["pattern"]).fullmatch(value)


@pytest.mark.parametrize("value", ["name\n", "näme", "٣"])
def test_names_are_ascii_to_the_last_character(app: Callable, value: str):
    _, code, _ = error_of(send(app, "DescribeModel", {"ModelName": value}))
    assert code == "ValidationException"

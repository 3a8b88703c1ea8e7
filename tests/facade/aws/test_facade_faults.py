"""What botocore raises, as problems."""

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)

from service.facade.aws.faults import PROBLEM_OF_CODE, places, upstream_faults
from service.facade.aws.s3_faults import storage_faults
from service.facade.problems import Problem, SchedulerNotFound
from service.wire import service_model

URL = "http://engine:8001/"


def problem_of(error: Exception, **kinds: type[Problem]) -> Problem:
    with pytest.raises(Problem) as caught, upstream_faults(**kinds):
        raise error
    assert caught.value.__cause__ is error
    return caught.value


def answered(code: str, message: str = "said the engine") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "DescribeInferenceScheduler")


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ResourceNotFoundException", 404),
        ("ConflictException", 409),
        ("ValidationException", 422),
        ("ServiceQuotaExceededException", 403),
        ("ThrottlingException", 503),
        ("AccessDeniedException", 502),
        ("InternalServerException", 502),
        ("UnknownOperationException", 501),
    ],
)
def test_each_code_has_its_status(code, status):
    problem = problem_of(answered(code))

    assert (problem.status, problem.aws_error_code, problem.detail) == (status, code, "said the engine")


def test_every_error_the_service_model_declares_has_a_problem():
    declared = {shape.name for shape in service_model().error_shapes}

    assert declared <= PROBLEM_OF_CODE.keys()


def test_a_caller_may_know_more_precisely_what_a_code_means():
    problem = problem_of(answered("ResourceNotFoundException"), ResourceNotFoundException=SchedulerNotFound)

    assert isinstance(problem, SchedulerNotFound)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (EndpointConnectionError(endpoint_url=URL), 503),
        (ConnectTimeoutError(endpoint_url=URL), 503),
        (ConnectionClosedError(endpoint_url=URL), 503),
        (ReadTimeoutError(endpoint_url=URL), 504),
        (NoCredentialsError(), 502),
        (ParamValidationError(report="missing"), 422),
    ],
)
def test_each_failure_on_the_way_has_its_status(error, status):
    problem = problem_of(error)
    assert problem.status == status
    assert URL not in problem.detail


@pytest.mark.parametrize(
    ("message", "pointers"),
    [
        (
            "DataUploadFrequency PT5M is shorter than the TargetSamplingRate PT10M of the model",
            ["/data_upload_frequency"],
        ),
        (
            "2 validation errors detected: Value 'x' at 'roleArn' failed to satisfy constraint: a; Value '61' at "
            "'dataDelayOffsetInMinutes' failed to satisfy constraint: b",
            ["/role_arn", "/data_delay_offset_in_minutes"],
        ),
        (
            "1 validation error detected: Value 'X' at 'dataOutputConfiguration.s3OutputConfiguration.bucket' failed "
            "to satisfy constraint: c",
            ["/data_output_configuration/s3_output_configuration/bucket"],
        ),
        ("Something is wrong.", [""]),
    ],
)
def test_fields_that_a_message_names_are_pointed_at(message, pointers):
    assert [item["pointer"] for item in places(message)] == pointers


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ClientError({"Error": {"Code": "NoSuchBucket"}}, "PutObject"), 502),
        (ClientError({"Error": {"Code": "403"}}, "HeadBucket"), 502),
        (ClientError({"Error": {"Code": "SlowDown"}}, "PutObject"), 503),
        (EndpointConnectionError(endpoint_url=URL), 503),
    ],
)
def test_failures_of_s3_name_the_object(error, status):
    with pytest.raises(Problem) as caught, storage_faults("plant", "in/a.csv"):
        raise error

    assert caught.value.status == status
    assert "s3://plant/in/a.csv" in caught.value.detail
    assert URL not in caught.value.detail

"""What the engine refuses, and an engine that is away, as a caller is told."""

import pytest
from problem_checks import problem_of

from service.facade.problems import problem_types


def test_a_frequency_below_the_models_sampling_rate_is_the_engines_word_with_our_pointer(
    client, new_scheduler, upstream
):
    upstream.refuse(
        "CreateInferenceScheduler",
        "ValidationException",
        "DataUploadFrequency PT5M is shorter than the model's TargetSamplingRate PT30M.",
    )
    problem = problem_of(client.post("/v1/schedulers", json=new_scheduler), 422, "invalid-request")

    assert problem["aws_error_code"] == "ValidationException"
    assert problem["errors"][0]["pointer"] == "/data_upload_frequency"
    assert "PT30M" in problem["detail"]


def test_a_constraint_that_only_the_engine_knows_is_pointed_at_by_its_path(client, new_scheduler, upstream):
    upstream.refuse(
        "CreateInferenceScheduler",
        "ValidationException",
        "1 validation error detected: Value '+99:00' at 'dataInputConfiguration.inputTimeZoneOffset' failed to "
        "satisfy constraint: Member must be an offset",
    )
    problem = problem_of(client.post("/v1/schedulers", json=new_scheduler), 422, "invalid-request")

    assert [item["pointer"] for item in problem["errors"]] == ["/data_input_configuration/input_time_zone_offset"]


def test_a_cursor_the_engine_has_forgotten_is_a_bad_cursor(client, name, upstream):
    for number in range(3):
        upstream.add_scheduler(f"{name}-{number}")
    address = client.get("/v1/schedulers?limit=1").json["next"]
    upstream.refuse("ListInferenceSchedulers", "ValidationException", "NextToken has expired")

    problem_of(client.get(address), 422, "bad-cursor")


@pytest.mark.parametrize(
    ("code", "status", "slug"),
    [
        ("ThrottlingException", 503, "upstream-throttled"),
        ("InternalServerException", 502, "upstream-failed"),
        ("AccessDeniedException", 502, "upstream-refused"),
        ("InvalidSignatureException", 502, "upstream-refused"),
        ("UnrecognizedClientException", 502, "upstream-refused"),
        ("SomethingNewException", 502, "upstream-failed"),
    ],
)
def test_refusals_of_the_engine_are_mapped_by_their_code(client, name, upstream, code, status, slug):
    upstream.refuse("DescribeInferenceScheduler", code)

    response = client.get(f"/v1/schedulers/{name}")

    problem = problem_of(response, status, slug)
    assert problem["aws_error_code"] == code
    assert ("Retry-After" in response.headers) == problem_types()[slug].retryable


def test_an_engine_that_is_away_is_a_503_with_retry_after(client, name, upstream):
    upstream.away = True

    response = client.get(f"/v1/schedulers/{name}")

    problem_of(response, 503, "upstream-unavailable")
    assert int(response.headers["Retry-After"]) > 0


def test_an_engine_that_does_not_answer_is_a_504(client, name, upstream):
    upstream.slow = True

    problem_of(client.get(f"/v1/schedulers/{name}"), 504, "upstream-timeout")

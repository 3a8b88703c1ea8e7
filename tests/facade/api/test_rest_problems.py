"""Every way a request can go wrong is a problem+json that says what is wrong and where."""

import pytest
from problem_checks import problem_of

from service.facade.api.sent_bodies import JSON_BODY_BYTES
from service.facade.problems import problem_types


def test_invalid_json_is_located_by_line_and_column(client):
    body = '{\n  "inference_scheduler_name": "a",\n  oops\n}'

    problem = problem_of(client.post("/v1/schedulers", data=body, content_type="application/json"), 400, "invalid-json")

    assert "line 3, column 3" in problem["detail"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "empty"),
        (b'{"a": NaN}', "NaN"),
        (b"\xff\xfe{", "UTF-8"),
        (b"[" * 100_000, "nested"),
        (b'{"a": ' + b"1" * 5_000 + b"}", "digits"),
        (b'{"a": 1} extra', "line 1, column 10"),
    ],
)
def test_bodies_that_are_not_json_are_refused_with_the_reason(client, body, said):
    problem = problem_of(client.post("/v1/schedulers", data=body, content_type="application/json"), 400, "invalid-json")

    assert said in problem["detail"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "uploads/%00"),
        ("POST", "uploads/%00/complete"),
        ("GET", "operations/a%00"),
        ("DELETE", "replays/%00b"),
        ("GET", "imports/%00"),
    ],
)
def test_nothing_has_a_nul_in_its_address(client, method, path):
    problem_of(client.open(f"/v1/{path}", method=method), 404, "not-found")


def test_a_parameter_that_holds_a_nul_is_named(client):
    problem = problem_of(client.get("/v1/audit-log?limit=1&actor=a%00b"), 422, "invalid-request")

    assert [error["parameter"] for error in problem["errors"]] == ["actor"]


def test_a_body_that_is_json_but_no_object_is_refused(client):
    problem = problem_of(client.post("/v1/schedulers", json=[1, 2]), 422, "invalid-request")

    assert problem["errors"][0]["pointer"] == ""


def test_an_unknown_field_is_pointed_at_and_the_nearest_name_suggested(client, new_scheduler):
    new_scheduler["data_upload_frequncy"] = new_scheduler.pop("data_upload_frequency")
    problem = problem_of(client.post("/v1/schedulers", json=new_scheduler), 422, "invalid-request")

    said = {item["pointer"]: item["detail"] for item in problem["errors"]}
    assert "data_upload_frequency" in said["/data_upload_frequncy"]


def test_of_many_unknown_fields_all_are_pointed_at_and_the_first_are_compared(client, new_scheduler):
    body = new_scheduler | {f"model_nam{number}": "x" for number in range(1000)}

    errors = problem_of(client.post("/v1/schedulers", json=body), 422, "invalid-request")["errors"]

    assert len(errors) == 1000
    assert sum("did you mean 'model_name'?" in error["detail"] for error in errors) == 20


def test_an_unknown_field_deep_inside_is_pointed_at(client, new_scheduler):
    new_scheduler["data_input_configuration"]["s3_input_configuration"]["bukket"] = "x"
    problem = problem_of(client.post("/v1/schedulers", json=new_scheduler), 422, "invalid-request")

    assert problem["errors"] == [
        {
            "pointer": "/data_input_configuration/s3_input_configuration/bukket",
            "detail": "There is no 'bukket' here; did you mean 'bucket'?",
        }
    ]


def test_all_mistakes_of_a_body_are_told_at_once(client, new_scheduler):
    del new_scheduler["model_name"]
    new_scheduler |= {"data_upload_frequency": "PT7M", "data_delay_offset_in_minutes": 61}
    problem = problem_of(client.post("/v1/schedulers", json=new_scheduler), 422, "invalid-request")

    pointers = {item["pointer"] for item in problem["errors"]}
    assert pointers == {"/model_name", "/data_upload_frequency", "/data_delay_offset_in_minutes"}


@pytest.mark.parametrize("bad", ["bad name!", "", "x" * 201, "späne", "a/b", "name\n"])
def test_a_bad_name_is_refused_before_the_engine_is_asked(client, new_scheduler, upstream, bad):
    new_scheduler["inference_scheduler_name"] = bad
    problem = problem_of(client.post("/v1/schedulers", json=new_scheduler), 422, "invalid-request")

    assert [item["pointer"] for item in problem["errors"]] == ["/inference_scheduler_name"]
    assert upstream.calls == []


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/data_input_configuration/s3_input_configuration/prefix", "in"),
        ("/data_input_configuration/s3_input_configuration/bucket", "No_Bucket"),
        ("/data_input_configuration/input_time_zone_offset", "5:30"),
        ("/data_input_configuration/inference_input_name_configuration/timestamp_format", "yyyy"),
        ("/data_input_configuration/inference_input_name_configuration/component_timestamp_delimiter", "."),
        ("/data_upload_frequency", "PT5S"),
        ("/data_delay_offset_in_minutes", "5"),
        ("/data_delay_offset_in_minutes", 1.5),
        ("/role_arn", "role"),
    ],
)
def test_each_field_is_held_to_the_rules_of_the_service_model(client, new_scheduler, pointer, value):
    *path, last = pointer[1:].split("/")
    place = new_scheduler
    for part in path:
        place = place.setdefault(part, {})
    place[last] = value

    problem = problem_of(client.post("/v1/schedulers", json=new_scheduler), 422, "invalid-request")

    assert [item["pointer"] for item in problem["errors"]] == [pointer]


def test_an_unknown_query_parameter_is_named_with_the_nearest_one(client):
    problem = problem_of(client.get("/v1/schedulers?name_prefx=a"), 422, "invalid-request")

    assert problem["errors"] == [
        {"parameter": "name_prefx", "detail": "There is no 'name_prefx' here; did you mean 'name_prefix'?"}
    ]


@pytest.mark.parametrize("limit", ["0", "501", "ten", ""])
def test_a_limit_out_of_range_is_named(client, limit):
    problem = problem_of(client.get(f"/v1/schedulers?limit={limit}"), 422, "invalid-request")

    assert problem["errors"][0]["parameter"] == "limit"


@pytest.mark.parametrize("cursor", ["nonsense", "bm90IGpzb24", "W10", "%F0%9F%92%A9", "x" * 500])
@pytest.mark.parametrize("path", ["/v1/schedulers", "/v1/schedulers/any/executions", "/v1/models"])
def test_a_bad_cursor_is_named(client, path, cursor):
    problem = problem_of(client.get(f"{path}?cursor={cursor}"), 422, "bad-cursor")

    assert problem["errors"][0]["parameter"] == "cursor"


def test_a_cursor_of_another_query_is_refused(client, name, upstream):
    for number in range(3):
        upstream.add_scheduler(f"{name}-{number}")
    cursor = client.get("/v1/schedulers?limit=1&status=RUNNING").json["next"].rpartition("cursor=")[2]

    problem = problem_of(client.get(f"/v1/schedulers?limit=1&status=STOPPED&cursor={cursor}"), 422, "bad-cursor")

    assert "another query" in problem["detail"]


@pytest.mark.parametrize("end", ["2026-03-01T11:00:00Z", "2026-03-01T12:00:00Z", "2026-03-01T13:00:00+02:00"])
def test_a_range_that_ends_before_it_starts_names_its_end(client, name, end):
    response = client.get(
        f"/v1/schedulers/{name}/executions",
        query_string={"data_start_time_after": "2026-03-01T12:00:00Z", "data_end_time_before": end},
    )

    problem = problem_of(response, 422, "invalid-request")
    assert problem["errors"][0]["parameter"] == "data_end_time_before"


def test_a_time_that_is_none_is_named(client, name):
    response = client.get(f"/v1/schedulers/{name}/executions?data_start_time_after=yesterday")

    assert problem_of(response, 422, "invalid-request")["errors"][0]["parameter"] == "data_start_time_after"


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", None])
def test_a_body_of_another_content_type_is_a_415(client, content_type):
    response = client.post("/v1/schedulers", data=b"{}", content_type=content_type)

    assert "application/json" in problem_of(response, 415, "unsupported-media-type")["detail"]


def test_a_json_body_over_the_limit_is_a_413(client):
    body = b'"' + b"x" * JSON_BODY_BYTES + b'"'

    problem_of(client.post("/v1/schedulers", data=body, content_type="application/json"), 413, "request-too-large")


def test_a_huge_body_where_none_is_wanted_is_a_413_and_not_read(client, name, upstream):
    upstream.add_scheduler(name)

    response = client.post(f"/v1/schedulers/{name}/stop", data=b"x" * (JSON_BODY_BYTES + 1))

    problem_of(response, 413, "request-too-large")
    assert upstream.calls == []


def test_a_path_that_is_none_is_a_404(client):
    assert "/v2/schedulers" in problem_of(client.get("/v2/schedulers"), 404, "not-found")["detail"]


def test_a_method_that_is_not_there_says_which_are(client):
    response = client.put("/v1/schedulers")

    assert "GET, HEAD, OPTIONS, POST" in problem_of(response, 405, "method-not-allowed")["detail"]
    assert {"GET", "POST"} <= {method.strip() for method in response.headers["Allow"].split(",")}


def test_a_mistake_of_ours_tells_nothing_but_the_request_id(client, app, name, resources, monkeypatch):
    def explode(*_, **__):
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(type(resources.schedulers), "describe", explode)

    response = client.get(f"/v1/schedulers/{name}")

    problem_of(response, 500, "internal-error")
    assert b"secret" not in response.data


def test_every_kind_of_problem_has_a_page(client):
    for slug, kind in problem_types().items():
        page = client.get(f"/problems/{slug}")
        assert page.status_code == 200
        assert page.text.startswith(f"# {kind.title}\n")
        assert len(page.text.splitlines()) > 4, f"{slug} does not explain itself"


def test_a_page_about_no_problem_is_a_404(client):
    problem_of(client.get("/problems/nonsense"), 404, "not-found")


def test_problems_written_by_a_worker_read_like_those_of_a_request():
    kind = problem_types()["upstream-timeout"]
    assert kind("late").document() == {
        "type": "/problems/upstream-timeout",
        "title": kind.title,
        "status": 504,
        "detail": "late",
    }

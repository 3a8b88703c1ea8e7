"""/docs, /openapi.json, and the files under openapi/."""

import re
from pathlib import Path

import pytest
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from openapi_spec_validator import validate

from service.facade.app import openapi_document, openapi_files
from service.facade.problems import problem_types

OPENAPI = Path(__file__).parents[3] / "openapi"
METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def operations() -> dict[str, dict]:
    """Every operation of the document by its id."""
    paths = openapi_document()["paths"].values()
    return {
        operation.get("operationId"): operation
        for path in paths
        for method, operation in path.items()
        if method in METHODS
    }


def test_the_document_is_valid_openapi_3_1():
    document = openapi_document()

    assert document["openapi"].startswith("3.1.")
    validate(document)


def test_the_files_under_openapi_are_what_the_code_says():
    written = {str(path.relative_to(OPENAPI)): path.read_text("utf-8") for path in OPENAPI.rglob("*.*")}

    assert written == openapi_files(), "run `make openapi` and commit what it writes"


def test_the_served_document_is_the_same(client):
    assert client.get("/openapi.json").json == openapi_document()


def test_every_operation_has_an_id_a_summary_and_its_tag(operations):
    described = {tag["name"] for tag in openapi_document()["tags"] if tag.get("description")}
    for operation_id, operation in operations.items():
        assert operation_id
        assert operation.get("summary"), operation_id
        assert not operation["summary"].endswith("."), operation_id
        assert set(operation["tags"]) <= described, operation_id


def test_every_operation_says_its_scope_and_how_to_show_it(operations):
    for operation_id, operation in operations.items():
        scope = operation["x-required-scope"]
        assert operation["security"] == ([] if scope == "none" else [{"bearer": [scope]}]), operation_id
    public = {name for name, operation in operations.items() if operation["x-required-scope"] == "none"}
    assert public == {"alive", "ready"}


def test_every_operation_names_the_problems_it_can_answer_with(operations):
    for operation_id, operation in operations.items():
        problems = problems_in(operation)
        assert {"invalid-request", "internal-error"} <= problems, operation_id
        if operation["security"]:
            callers = {"not-authenticated", "insufficient-scope", "rate-limited", "database-unavailable"}
            assert callers <= problems, operation_id
        assert "default" in operation["responses"], operation_id


@pytest.mark.parametrize(
    ("operation_id", "expected"),
    [
        ("create_scheduler", {"invalid-json", "unsupported-media-type", "request-too-large", "quota-exceeded",
                              "idempotency-key-reused", "request-in-flight", "model-not-found", "queue-unavailable"}),
        ("update_scheduler", {"precondition-failed", "wrong-state", "scheduler-not-found", "upstream-timeout"}),
        ("list_executions", {"bad-cursor", "scheduler-not-found", "upstream-unavailable", "upstream-refused"}),
        ("upload_sensor_data", {"upload-too-large", "invalid-upload", "unsupported-media-type"}),
    ],
)  # fmt: skip
def test_problems_follow_from_what_an_operation_is(operations, operation_id, expected):
    assert expected <= problems_in(operations[operation_id])


def test_every_problem_in_the_document_is_one_that_there_is():
    document = openapi_document()
    assert set(document["components"]["examples"]) == set(problem_types())
    for slug, example in document["components"]["examples"].items():
        assert example["value"]["status"] == problem_types()[slug].status


def test_every_json_body_and_answer_has_an_example_that_fits_its_schema(operations):
    components = openapi_document()["components"]
    for operation_id, operation in operations.items():
        answers = [one for status, one in operation["responses"].items() if status < "400"]
        for part in (operation.get("requestBody", {}), *answers):
            for kind, content in part.get("content", {}).items():
                if kind == "application/json":
                    check_example(content, components, operation_id)


def check_example(content: dict, components: dict, operation_id: str) -> None:
    examples = [one["value"] for one in content.get("examples", {}).values()] or [content["example"]]
    validator = OAS31Validator({**content["schema"], "components": components}, format_checker=oas31_format_checker)
    for example in examples:
        assert example not in (None, {}, ""), operation_id
        wrong = [f"{list(error.path)}: {error.message}" for error in validator.iter_errors(example)]
        assert not wrong, operation_id


def test_what_can_be_waited_for_says_so(operations):
    waiting = {name for name, operation in operations.items() if "wait" in parameters_of(operation)}
    assert {"describe_operation", "describe_upload", "describe_replay"} <= waiting
    for name, operation in operations.items():
        if "202" in operation["responses"] or name in waiting:
            assert "Prefer" in parameters_of(operation), name
            assert "200" in operation["responses"], name


def test_lists_have_a_link_and_resources_a_tag(operations):
    headers = {name: set(operation["responses"]["200"]["headers"]) for name, operation in operations.items()
               if "200" in operation["responses"]}  # fmt: skip
    for name in ("list_schedulers", "list_executions", "list_uploads", "list_models"):
        assert "Link" in headers[name], name
    for name in ("describe_scheduler", "describe_operation", "describe_upload", "describe_model"):
        assert {"ETag", "X-Request-Id", "RateLimit-Remaining"} <= headers[name], name
        assert "304" in operations[name]["responses"], name


def problems_in(operation: dict) -> set[str]:
    """Slugs of the problems that an operation documents."""
    return {
        slug
        for response in operation["responses"].values()
        for slug in response.get("content", {}).get("application/problem+json", {}).get("examples", {})
    }


def parameters_of(operation: dict) -> set[str]:
    return {one.get("name") or one["$ref"].rpartition("/")[2] for one in operation.get("parameters", [])}


def test_the_page_needs_nothing_from_elsewhere(client):
    page = client.get("/docs").text

    files = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(files) >= 3
    for file in files:
        assert file.startswith(("/docs/", "data:")), file
        if file.startswith("/"):
            assert client.get(file).status_code == 200
    assert "//" not in page
    assert re.findall(r"<script[^>]*>[^<]", page) == [], "the policy of the page allows no script inside it"


def test_the_files_of_the_page_are_kept_by_browsers(client):
    answer = client.get("/docs/static/js/swagger-ui-bundle.js")

    assert "max-age" in answer.headers["Cache-Control"]
    again = client.get("/docs/static/js/swagger-ui-bundle.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_a_path_out_of_the_folder_of_the_page_leads_nowhere(client):
    assert client.get("/docs/static/../../__init__.py").status_code == 404
    assert client.get("/docs/static/%2e%2e/__init__.py").status_code == 404


def test_parameters_in_paths_have_examples_to_try():
    for path, item in openapi_document()["paths"].items():
        for parameter in item.get("parameters", []):
            assert parameter["example"], path


def test_headers_are_documented_where_they_are_read(operations):
    for name, expected in {
        "describe_scheduler": {"If-None-Match"},
        "update_scheduler": {"If-Match"},
        "delete_scheduler": {"If-Match", "Prefer"},
        "create_scheduler": {"Idempotency-Key", "Prefer"},
        "describe_operation": {"If-None-Match", "Prefer"},
    }.items():
        known = {"If-None-Match", "If-Match", "Idempotency-Key", "Prefer"}
        assert parameters_of(operations[name]) & known == expected, name
    posted = [item["post"] for item in openapi_document()["paths"].values() if "post" in item]
    for name, operation in operations.items():
        posts = operation in posted
        assert ("Idempotency-Key" in parameters_of(operation)) == posts, name


def test_whoever_comes_to_the_front_door_is_led_to_the_documents(client):
    assert client.get("/").headers["Location"] == "/docs"

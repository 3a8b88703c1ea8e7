"""/docs, /openapi.json, and the files under openapi/."""

import re
from pathlib import Path

import pytest
from openapi_spec_validator import validate

from service.facade.app import openapi_document, openapi_files

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


def test_every_operation_has_an_id_a_summary_and_a_problem_answer(operations):
    assert None not in operations
    for operation_id, operation in operations.items():
        assert operation.get("summary"), operation_id
        assert "default" in operation["responses"], operation_id


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


def test_bodies_and_names_in_paths_have_examples_to_try(operations):
    for operation_id in ("create_scheduler", "update_scheduler", "start_replay"):
        assert operations[operation_id]["requestBody"]["content"]["application/json"]["example"], operation_id
    for path, item in openapi_document()["paths"].items():
        for parameter in item.get("parameters", []):
            if parameter["name"].endswith("_name"):
                assert parameter["example"], path


def test_headers_are_documented_where_they_are_read(operations):
    reading = {
        operation_id: {one["name"] for one in operation.get("parameters", []) if one["in"] == "header"}
        for operation_id, operation in operations.items()
    }

    assert reading["describe_scheduler"] == {"If-None-Match"}
    assert reading["update_scheduler"] == reading["delete_scheduler"] == {"If-Match"}
    assert reading["create_scheduler"] == reading["start_replay"] == {"Idempotency-Key"}
    assert reading["list_schedulers"] == set()


def test_whoever_comes_to_the_front_door_is_led_to_the_documents(client):
    assert client.get("/").headers["Location"] == "/docs"

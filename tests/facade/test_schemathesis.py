"""Requests that schemathesis makes up from the OpenAPI document: none may be answered in a way it does not say."""

from contextlib import suppress

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from keyed import bearer, new_key
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from service.facade.app import openapi_document

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
)
KNOWN = "demo-pump"  # the examples of the document name it


METHODS = {"get", "post", "put", "patch", "delete"}
OPERATIONS = sorted(
    operation["operationId"]
    for path in openapi_document()["paths"].values()
    for method, operation in path.items()
    if method in METHODS
)


@pytest.mark.parametrize("operation_id", OPERATIONS)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fitting", "unfitting"])
def test_no_made_up_request_is_answered_otherwise_than_documented(app, resources, upstream, operation_id, mode):
    key = bearer(new_key(resources))
    upstream.add_scheduler(KNOWN, "STOPPED")
    upstream.add_execution(KNOWN, 1772368200)
    operation = schemathesis.openapi.from_wsgi("/openapi.json", app).find_operation_by_id(operation_id)

    @settings(
        max_examples=10,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case):
        case.call_and_validate(checks=CHECKS, headers=key)

    with suppress(Unsatisfiable):  # an operation may take so little that nothing about a request can be unfitting
        ask()

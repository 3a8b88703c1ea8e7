"""What tests ask of a problem."""

from typing import Any


def problem_of(response: Any, status: int, slug: str) -> dict[str, Any]:
    """The document of a response that has to be this problem, with what every problem carries."""
    assert response.content_type == "application/problem+json", response.data
    document = response.json
    assert (response.status_code, document["type"]) == (status, f"/problems/{slug}"), document
    assert document["status"] == status
    assert document["title"]
    assert document["detail"]
    assert document["instance"] == response.request.path
    assert document["request_id"] == response.headers["X-Request-Id"]
    return document


def challenge_of(response: Any) -> str:
    """The challenge of a response that has to be a 401."""
    problem_of(response, 401, "not-authenticated")
    return response.headers["WWW-Authenticate"]

"""What every problem is: slug, title, HTTP status, whether trying again can help, and the places that are wrong."""

from collections.abc import Iterable
from inspect import cleandoc
from typing import Any, ClassVar

ErrorItem = dict[str, Any]  # one place that is wrong: {"pointer" | "parameter" | "file", "row", "column", "detail"}

_BY_SLUG: dict[str, type["Problem"]] = {}


def at_pointer(pointer: str, detail: str) -> ErrorItem:
    """A wrong member of a JSON body; `pointer` is an RFC 6901 JSON pointer such as ``/role_arn``."""
    return {"pointer": pointer, "detail": detail}


def at_parameter(parameter: str, detail: str) -> ErrorItem:
    """A wrong query parameter, header or part of the path."""
    return {"parameter": parameter, "detail": detail}


class Problem(Exception):
    """Something went wrong. Subclasses say what."""

    slug: ClassVar[str]
    title: ClassVar[str]
    status: ClassVar[int]
    retryable: ClassVar[bool]

    def __init_subclass__(cls, *, slug: str, title: str, status: int, retryable: bool = False) -> None:
        if slug in _BY_SLUG:
            raise TypeError(f"two problems are called {slug}")
        cls.slug, cls.title, cls.status, cls.retryable = slug, title, status, retryable
        _BY_SLUG[slug] = cls

    def __init__(
        self,
        detail: str = "",
        *,
        errors: Iterable[ErrorItem] = (),
        retry_after: int | None = None,
        aws_error_code: str | None = None,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = list(errors)
        self.retry_after = retry_after if retry_after is not None else (5 if self.retryable else None)
        self.aws_error_code = aws_error_code

    def document(self) -> dict[str, Any]:
        """The members of the problem+json document that do not depend on the request."""
        members = {
            "type": f"/problems/{self.slug}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "errors": self.errors or None,
            "aws_error_code": self.aws_error_code,
        }
        return {name: value for name, value in members.items() if value is not None}


def problem_types() -> dict[str, type[Problem]]:
    """Every kind of problem by its slug."""
    return dict(sorted(_BY_SLUG.items()))


def problem_page(kind: type[Problem]) -> str:
    """What `/problems/<slug>` says about a kind of problem, as Markdown."""
    again = "Sending the same request again later can succeed." if kind.retryable else "The same request fails again."
    return f"# {kind.title}\n\nStatus {kind.status}. {again}\n\n{cleandoc(kind.__doc__ or '')}\n"

"""What is wrong with an uploaded file: where it is and what to do, collected or raised at once."""

from typing import Any

from service.facade.problems import ErrorItem, InvalidUpload

MOST_LISTED = 100
_SAID_AT_ONCE = 3
_LONGEST_SHOWN = 80


def fault(detail: str, **place: Any) -> ErrorItem:
    """One fault. `place` may hold file, row (as in the file: the header is row 1), column and value."""
    shown = {name: _shortened(value) for name, value in place.items() if value is not None}
    return {**shown, "detail": detail}


def unusable(detail: str, **place: Any) -> InvalidUpload:
    """The problem to raise where reading on makes no sense."""
    return InvalidUpload(detail, errors=[fault(detail, **place)])


class Faults:
    """Collects what is wrong with a file (or with all files of an upload): lists the first hundred, counts all, and
    says the first three."""

    def __init__(self, file: str | None = None) -> None:
        self.file = file
        self.listed: list[ErrorItem] = []
        self.total = 0

    def add(self, detail: str, **place: Any) -> None:
        self._count([fault(detail, file=self.file, **place)], 1)

    def include(self, other: "Faults | InvalidUpload") -> None:
        """Take over the faults of one file, or the one that kept it from being read."""
        if isinstance(other, Faults):
            self._count(other.listed, other.total)
        else:
            self._count(other.errors, len(other.errors))

    def raise_any(self) -> None:
        """Does nothing when there was no fault.

        Raises:
            InvalidUpload: with the faults in the order of files and rows.
        """
        if self.total:
            errors = sorted(self.listed, key=_place)
            said = " ".join(item["detail"] for item in errors[:_SAID_AT_ONCE])
            more = f" {self.total - _SAID_AT_ONCE:,} more things are wrong." if self.total > _SAID_AT_ONCE else ""
            raise InvalidUpload(said + more, errors=errors)

    def _count(self, items: list[ErrorItem], total: int) -> None:
        self.total += total
        self.listed += items[: max(0, MOST_LISTED - len(self.listed))]


def _place(item: ErrorItem) -> tuple[str, int]:
    return item.get("file", ""), item.get("row", 0)


def _shortened(value: Any) -> Any:
    if isinstance(value, str) and len(value) > _LONGEST_SHOWN:
        return value[: _LONGEST_SHOWN - 1] + "…"
    return value

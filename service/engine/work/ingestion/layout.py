"""Which component a dataset's file belongs to, by its key (AWS user guide, formatting your data).

Below the prefix: `{component_name}/*` unless the job's KeyPattern says `{component_name}_*` or another delimiter
(space, dot, underscore, hyphen).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from service.engine.objects import StoredObject
from service.engine.work.problems import InputProblem

DEFAULT_KEY_PATTERN = "{prefix}/{component_name}/*"
_PATTERN = re.compile(r"(\{prefix\}/?)?\{component_name\}\[?(?P<delimiter>[/ ._-])\]?\*(\.csv)?")
_COMPONENT = re.compile(r"[0-9a-zA-Z._-]{1,200}")


@dataclass(frozen=True)
class Layout:
    """Where components' files lie: `<prefix><component><delimiter>…csv`, the delimiter being a slash for folders."""

    prefix: str
    delimiter: str


@dataclass(frozen=True)
class SortedFiles:
    """The files of each component, and those that belong to none."""

    by_component: dict[str, list[StoredObject]]
    discarded: list[StoredObject]


def layout_of(prefix: str, key_pattern: str | None) -> Layout:
    """The layout a job asks for.

    Raises:
        InputProblem: a KeyPattern of another form.
    """
    match = _PATTERN.fullmatch(key_pattern or DEFAULT_KEY_PATTERN)
    if match is None:
        raise InputProblem(
            f"The KeyPattern {key_pattern!r} is not understood; it has the form {DEFAULT_KEY_PATTERN} or "
            "{prefix}/{component_name}_* with a space, dot, underscore or hyphen before the star."
        )
    return Layout(prefix, match["delimiter"])


def sort_files(layout: Layout, entries: Iterable[StoredObject], components: Iterable[str] | None) -> SortedFiles:
    """Give each file to its component.

    Args:
        components: those of the schema, if the dataset has one; of two that fit, the longer name wins. Without a
            schema the name ends at the first slash, or at the last delimiter of the file's name.
    """
    known = sorted(components, key=len, reverse=True) if components is not None else None
    found: dict[str, list[StoredObject]] = {}
    discarded = []
    for entry in entries:
        if entry.key.endswith("/"):
            continue  # a folder of the S3 console
        component = _component_of(layout, entry.key, known)
        if component is None or not entry.key.lower().endswith(".csv"):
            discarded.append(entry)
        else:
            found.setdefault(component, []).append(entry)
    return SortedFiles(found, discarded)


def _component_of(layout: Layout, key: str, known: list[str] | None) -> str | None:
    rest = key[len(layout.prefix) :]
    if known is not None:
        return next((name for name in known if rest.startswith(name + layout.delimiter)), None)
    name = rest.partition("/")[0] if layout.delimiter == "/" else rest.rpartition(layout.delimiter)[0]
    is_there = layout.delimiter in rest and _COMPONENT.fullmatch(name)
    return name if is_there else None


def require_all(
    layout: Layout,
    bucket: str,
    found: Mapping[str, object],
    discarded: Iterable[StoredObject],
    components: Iterable[str],
) -> None:
    """Refuse a job whose schema names a component without a file.

    Raises:
        InputProblem: saying where its files were expected and what lies there instead.
    """
    for component in components:
        if component not in found:
            place = f"s3://{bucket}/{layout.prefix}{component}{layout.delimiter}"
            raise InputProblem(
                f"No CSV file for component {component} was found under '{place}'. "
                + _what_is_there(bucket, found, discarded)
            )


def _what_is_there(bucket: str, found: Mapping[str, object], discarded: Iterable[StoredObject]) -> str:
    if found:
        return f"There are files for {', '.join(sorted(found))}."
    stray = next(iter(discarded), None)
    return f"Found s3://{bucket}/{stray.key}, which fits no component." if stray else "There are no files at all."

"""Answers as documents show them, held against what was answered: shapes have to be right, values are examples."""

import json
from typing import Any

from document_runs import BlockRun

REST = "…"  # as a member or an element: there is more of it


def differences(run: BlockRun) -> list[str]:
    """What a document shows and the service does not answer, or the other way round."""
    shown, answered = run.block.answer, run.last_answer.decode()
    match run.block.language:
        case "json":
            return _of_values(json.loads(shown), json.loads(answered), "")
        case "http":
            return _of_messages(shown, answered)
        case "csv":
            return _of_texts(shown.splitlines()[0], answered.splitlines()[0])
    return []


def _of_values(shown: Any, answered: Any, at: str) -> list[str]:
    """Objects have the same members, the first elements of lists agree. What is null on one side fits anything."""
    if shown is None or answered is None or shown == REST:
        return []
    if isinstance(shown, dict) and isinstance(answered, dict):
        return _of_objects(shown, answered, at)
    if isinstance(shown, list) and isinstance(answered, list):
        return _of_lists(shown, answered, at)
    same = type(shown) is type(answered) or {type(shown), type(answered)} == {int, float}
    return [] if same else [f"{at}: shown is {shown!r}, answered was {answered!r}"]


def _of_objects(shown: dict[str, Any], answered: dict[str, Any], at: str) -> list[str]:
    found = [f"{at}/{name}: is shown, but was not answered" for name in shown.keys() - answered.keys() - {REST}]
    if REST not in shown:
        found += [f"{at}/{name}: was answered, but is not shown" for name in answered.keys() - shown.keys()]
    for name in shown.keys() & answered.keys():
        found += _of_values(shown[name], answered[name], f"{at}/{name}")
    return sorted(found)


def _of_lists(shown: list[Any], answered: list[Any], at: str) -> list[str]:
    if bool(shown) != bool(answered):
        return [f"{at}: {len(shown)} elements are shown, {len(answered)} were answered"]
    return _of_values(shown[0], answered[0], f"{at}/0") if shown else []


def _of_messages(shown: str, answered: str) -> list[str]:
    """The status line is the same, every header that is shown was answered, and the bodies agree."""
    shown_head, _, shown_body = shown.strip().partition("\n\n")
    head, _, body = answered.replace("\r\n", "\n").partition("\n\n")
    names = {line.partition(":")[0].lower() for line in head.splitlines()[1:]}
    found = _of_texts(shown_head.splitlines()[0], head.splitlines()[0].strip())
    for line in shown_head.splitlines()[1:]:
        name = line.partition(":")[0]
        found += [] if name.lower() in names or name == REST else [f"{name}: is shown, but was not answered"]
    return found + (_of_values(json.loads(shown_body), json.loads(body), "") if shown_body else [])


def _of_texts(shown: str, answered: str) -> list[str]:
    beginning = shown.removesuffix(REST)
    same = answered.startswith(beginning) if shown.endswith(REST) else answered == beginning
    return [] if same else [f"shown is {shown!r}, answered was {answered!r}"]

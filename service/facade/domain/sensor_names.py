r"""Sensors as callers name them: `component\sensor`, or the sensor alone where only one component has it."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from service.facade.problems import ErrorItem, InvalidRequest, at_parameter


def choose_sensors(asked: Iterable[str], known: Sequence[str]) -> tuple[str, ...]:
    r"""The full names of the sensors that were asked for, each once, in the order they were asked for.

    Raises:
        InvalidRequest: for those that nothing has, with the nearest names there are.
    """
    found = {name: _matches(name, known) for name in asked}
    if errors := [_unknown(name, matches, known) for name, matches in found.items() if len(matches) != 1]:
        raise InvalidRequest(" ".join(item["detail"] for item in errors[:3]), errors=errors)
    return tuple(dict.fromkeys(matches[0] for matches in found.values()))


def _matches(name: str, known: Sequence[str]) -> list[str]:
    return [name] if name in known else [one for one in known if one.partition("\\")[2] == name]


def _unknown(name: str, matches: list[str], known: Sequence[str]) -> ErrorItem:
    if matches:
        return at_parameter("sensors", f"{name!r} is a sensor of several components: {', '.join(matches)}.")
    plain = {one.partition("\\")[2]: one for one in known}
    near = get_close_matches(name, known, n=3) or [plain[one] for one in get_close_matches(name, plain, n=3)]
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(known[:5])} …"
    return at_parameter("sensors", f"No prediction names a sensor {name!r}; {hint}")

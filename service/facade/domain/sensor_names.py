r"""Sensors as callers name them: `component\sensor`, or the sensor alone where only one component has it."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from service.facade.problems import ErrorItem, InvalidRequest, at_parameter

_MOST_COMPARED = 3  # it takes a tenth of a second where there are thousands of sensors


def choose_sensors(asked: Iterable[str], known: Sequence[str]) -> tuple[str, ...]:
    r"""The full names of the sensors that were asked for, each once, in the order they were asked for.

    Raises:
        InvalidRequest: for those that nothing has, the first ones with the nearest names there are.
    """
    called: dict[str, list[str]] = {}
    for one in known:
        called.setdefault(one.partition("\\")[2], []).append(one)
    whole = set(known)
    found = {name: [name] if name in whole else called.get(name, []) for name in asked}
    wrong = [(name, matches) for name, matches in found.items() if len(matches) != 1]
    if errors := [_unknown(*one, known, is_compared=at < _MOST_COMPARED) for at, one in enumerate(wrong)]:
        raise InvalidRequest(" ".join(item["detail"] for item in errors[:3]), errors=errors)
    return tuple(dict.fromkeys(matches[0] for matches in found.values()))


def _unknown(name: str, matches: list[str], known: Sequence[str], *, is_compared: bool) -> ErrorItem:
    if matches:
        return at_parameter("sensors", f"{name!r} is a sensor of several components: {', '.join(matches)}.")
    near = _near(name, known) if is_compared else []
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(known[:5])} …"
    return at_parameter("sensors", f"There is no sensor {name!r}; {hint}")


def _near(name: str, known: Sequence[str]) -> list[str]:
    plain = {one.partition("\\")[2]: one for one in known}
    return get_close_matches(name, known, n=3) or [plain[one] for one in get_close_matches(name, plain, n=3)]

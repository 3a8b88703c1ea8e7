"""The service model's patterns, written for Java, as Python's."""

import re
from functools import cache

# Java's spelling -> the same in Python. The second is a set and its complement: any character at all.
_SPELLINGS = (
    (r"\p{ASCII}", r"[\x00-\x7F]"),
    (r"[\P{M}\p{M}]", r"[\s\S]"),
)


@cache
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile a pattern of the model; match whole values with `fullmatch`.

    ``fullmatch`` also mends FileNameTimestampFormat, whose alternatives lack a group (``^EPOCH|…|…$``): the loose
    reading would admit ``EPOCHx``. Java's ``\\s``, ``\\w`` and ``\\d`` are ASCII.
    """
    for java, python in _SPELLINGS:
        pattern = pattern.replace(java, python)
    return re.compile(pattern, re.ASCII)

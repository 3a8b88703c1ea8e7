"""Two places that must say the same: the page about degradation, and the tests that keep its promises."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINE = re.compile(r"^\| ([A-Z]\d+) \| [^|]+ \| [^|]+ \|$", re.MULTILINE)


def promises_of(test: ast.FunctionDef) -> list[str]:
    """The numbers that a test is marked with."""
    marks = [mark for mark in test.decorator_list if isinstance(mark, ast.Call) and _name(mark) == "promised"]
    return [number.value for mark in marks for number in mark.args if isinstance(number, ast.Constant)]


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def promises_by_test() -> dict[str, list[str]]:
    files = [file for file in Path(__file__).parent.glob("test_*.py") if file != Path(__file__)]
    trees = [ast.parse(file.read_text()) for file in files]
    functions = [node for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)]
    return {test.name: promises_of(test) for test in functions if test.name.startswith("test_")}


def test_every_line_of_the_page_has_a_test_and_every_test_has_its_lines():
    page = (ROOT / "docs" / "degradation.md").read_text()
    lines = LINE.findall(page)
    kept = [number for numbers in promises_by_test().values() for number in numbers]
    assert len(lines) == sum(line.startswith("| ") and line != "| | | |" for line in page.splitlines())
    assert sorted(lines) == sorted(kept)
    assert len(lines) == len(set(lines))


def test_every_test_keeps_a_promise():
    assert not [name for name, numbers in promises_by_test().items() if not numbers]

"""The commands in our documents: what a reader would paste into a shell, in the order in which it is written.

A fenced block in the language `sh` is a block of commands. Behind it may stand what the last `curl` in it answers: a
block in `json` (the body), `http` (status, headers, perhaps a body; for `curl -i`) or `csv` (the first lines).

- `# answers 409` in a block announces an answer that is not a success, in the order of the calls.
- `<!-- not run: the reason -->` on the line before a block says that no test can run it, and why.
"""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(
    r"(?:^<!-- not run: (?P<reason>[^\n]+) -->\n)?^```sh\n(?P<commands>.*?)^```$"
    r"(?:\n\n^```(?P<language>json|http|csv)\n(?P<answer>.*?)^```$)?",
    re.MULTILINE | re.DOTALL,
)
_ANNOUNCED = re.compile(r"# answers (\d{3})\b")


@dataclass(frozen=True)
class Block:
    """Commands and the answer that the document shows for them; `language` is None where it shows none."""

    line: int
    commands: str
    reason_not_to_run: str | None
    language: str | None
    answer: str | None

    @property
    def announced(self) -> list[int]:
        """The statuses other than successes that the reader is told of."""
        return [int(status) for status in _ANNOUNCED.findall(self.commands)]


def documents() -> list[str]:
    """Every document that may have commands, as a path below the root."""
    found = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    return [str(path.relative_to(ROOT)) for path in found if "```sh" in path.read_text()]


def blocks_of(document: str) -> list[Block]:
    """The blocks of commands of one document.

    Raises:
        ValueError: there is a block that a reader sees and this module does not.
    """
    text = (ROOT / document).read_text()
    blocks = [
        Block(
            text.count("\n", 0, one.start("commands")), one["commands"], one["reason"], one["language"], one["answer"]
        )
        for one in _BLOCK.finditer(text)
    ]
    if len(blocks) != text.count("```sh"):
        raise ValueError(f"{document}: a block of commands is not at the beginning of a line, or not closed")
    return blocks

"""What a terminal is shown of texts that others wrote."""

from io import StringIO

import pytest
from rich.console import Console

from service.client.screen import Screen

WRITTEN = "New bearings\x1b]0;renamed\x07\x9b2J, so\nmuch\tmore"


@pytest.mark.parametrize("way", ["line", "table", "fields"])
def test_a_terminal_takes_no_orders_from_what_others_wrote(way):
    screen, shown = Screen(), StringIO()
    screen.out = Console(file=shown, force_terminal=True, color_system=None, width=100)

    {"line": lambda: screen.line(WRITTEN), "table": lambda: screen.table(["NOTE"], [[WRITTEN]]),
     "fields": lambda: screen.fields([("note", WRITTEN)])}[way]()  # fmt: skip

    assert "New bearings" in shown.getvalue()
    assert not {"\x1b", "\x07", "\x9b"} & set(shown.getvalue())

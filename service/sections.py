"""The commands of `lookout` as its help lists them: in sections, and in an order that means something."""

import os
import sys
from typing import Any

import click


class Sections(click.Group):
    """A group whose commands are added section by section. A reader that goes away (`… | head`) is no error."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.sections: dict[str, list[click.Command]] = {}

    def add_section(self, title: str, *commands: click.Command) -> None:
        self.sections[title] = list(commands)
        for command in commands:
            self.add_command(command)

    def list_commands(self, _: click.Context) -> list[str]:
        return list(self.commands)

    def format_commands(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, self.commands))
        for title, commands in self.sections.items():
            with formatter.section(title):
                formatter.write_dl([(f"{one.name:<{width}}", one.get_short_help_str(limit=90)) for one in commands])

    def invoke(self, context: click.Context) -> Any:
        try:
            outcome = super().invoke(context)
            sys.stdout.flush()
            return outcome
        except BrokenPipeError:  # what is left in the buffer goes nowhere
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0

"""`lookout completion`: what a shell reads to complete our commands, options and the names of schedulers."""

import click
from click.shell_completion import get_completion_class

_VARIABLE = "_LOOKOUT_COMPLETE"  # click's own: how the script asks the program


@click.command
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that completes commands in a shell.

    bash: `eval "$(lookout completion bash)"` in ~/.bashrc; zsh: the same in ~/.zshrc; fish: write it to
    ~/.config/fish/completions/lookout.fish.
    """
    script = get_completion_class(shell)
    click.echo(script(context.find_root().command, {}, "lookout", _VARIABLE).source())

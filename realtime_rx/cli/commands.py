"""What can be typed: the commands, their options and their exit codes.

0: done. 1: something went wrong, and was said. 2: it was not understood. 130: Ctrl-C.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from realtime_rx.cli.conversing import converse
from realtime_rx.cli.looking import matching, shown, spelled
from realtime_rx.cli.replaying import play
from realtime_rx.errors import RealtimeError
from realtime_rx.providers import PROVIDERS
from realtime_rx.version import __version__

__all__ = ["realtime_rx"]

INTERRUPTED = 130
STDIN = Path("/dev/stdin")


class Readable(click.Path):
    """A recording's file; ``-`` is what is piped in."""

    name = "file"

    def __init__(self) -> None:
        super().__init__(exists=True, dir_okay=False, readable=True, allow_dash=True, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return STDIN if str(value) == "-" else super().convert(value, param, ctx)


recording = click.argument("file", type=Readable())
provider = click.option(
    "--provider",
    type=click.Choice(sorted(PROVIDERS)),
    help="Whose wire it is, where neither the recording nor its name (PROVIDER__what.jsonl) says so.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def realtime_rx() -> None:
    """Record realtime conversations, play them again, look into them.

    A recording is a file of JSON lines: both directions of the wire, without the secrets.
    """


@realtime_rx.command()
@recording
@provider
@click.option("--speed", type=click.FloatRange(min=0, min_open=True), default=1.0, help="2 is twice as fast.")
@click.option("--fast", is_flag=True, help="Do not wait between frames at all.")
def replay(file: Path, provider: str | None, speed: float, fast: bool) -> None:
    """Print the conversation of FILE as it unfolded. No key is needed."""
    run(play(file, provider, None if fast else speed))


@realtime_rx.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--model", help="Such as openai:gpt-realtime. By default whatever there is a key for, or local.")
@click.option("--base-url", help="Another address of the provider.")
@click.option("--instructions", help="What the model is told to be.")
@click.option("--mic", is_flag=True, help="Speak with this machine's microphone and speaker until Ctrl-C.")
@click.option("--audio", is_flag=True, help="Keep the sound in the recording.")
def record(file: Path, **options: Any) -> None:
    """Talk to a model and write the conversation to FILE.

    Each line of the standard input is said to the model. The key comes from the environment. FILE may be a folder.
    """
    run(converse(file, **options))


@realtime_rx.command(short_help="List what happened in FILE.")
@recording
@provider
@click.option("-k", "--kind", "kinds", multiple=True, metavar="PATTERN", help="Only these, such as 'response-*'.")
@click.option("-d", "--direction", type=click.Choice(["received", "sent", "done"]), help="Only this direction.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, with the frame.")
def events(file: Path, provider: str | None, kinds: tuple[str, ...], direction: str | None, as_json: bool) -> None:
    """List what happened in FILE: what was received, sent, and done on our side.

    In a terminal it is a table, in a pipe it is tab-separated.
    """
    try:
        rows = matching(file, provider, kinds, direction)
        spelled(rows) if as_json else shown(rows)
    except RealtimeError as error:
        raise click.ClickException(str(error)) from error


def run(work: Coroutine[Any, Any, None]) -> None:
    """Do this until it is over or Ctrl-C is pressed."""

    async def guarded() -> None:
        task = asyncio.ensure_future(work)
        with suppress(NotImplementedError):  # not on Windows, where Ctrl-C is the only way
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        await task

    try:
        asyncio.run(guarded())
    except RealtimeError as error:
        raise click.ClickException(str(error)) from error
    except (KeyboardInterrupt, asyncio.CancelledError):
        raise SystemExit(INTERRUPTED) from None

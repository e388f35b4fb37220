"""`python -m realtime_rx.local`: serve the embedded provider until Ctrl-C."""

import argparse
import asyncio
import logging
import signal
from collections.abc import Sequence
from contextlib import suppress

from .chat_brain import ChatCompletionsBrain
from .server import LocalServer

ABOUT = """An OpenAI Realtime server on this computer: no key, no network.
It is NOT an assistant: its own brain understands a small vocabulary and calls the tools of the session by their words.
With --brain, an OpenAI-compatible chat endpoint of your own thinks instead."""


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m realtime_rx.local", description=ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to bind (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8765, help="port to bind, 0 for a free one (default: %(default)s)")
    parser.add_argument("--no-speech", action="store_true", help="text only: no synthesiser, no recogniser")
    parser.add_argument("--api-key", help="refuse clients without this key (default: accept every client)")
    parser.add_argument("--adapter", choices=("aiohttp", "websockets"), default="aiohttp", help=argparse.SUPPRESS)
    parser.add_argument("--brain", metavar="URL", help="chat completions endpoint to think with, such as http://…/v1")
    parser.add_argument("--brain-model", metavar="NAME", default="default", help="the model to ask there")
    return parser.parse_args(arguments)


async def serve(options: argparse.Namespace) -> None:
    """Run the server until the task is cancelled (Ctrl-C) or the process is asked to end."""
    end = asyncio.Event()
    with suppress(NotImplementedError):  # not on Windows, where Ctrl-C is the only way
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end.set)
    server = LocalServer(
        options.port,
        host=options.host,
        brain=ChatCompletionsBrain(options.brain, options.brain_model) if options.brain else None,
        speech=not options.no_speech,
        api_key=options.api_key,
        adapter=options.adapter,
    )
    async with server:
        print(ABOUT, *server.capabilities.describe(), f"Listening on {server.url}", sep="\n", flush=True)
        await end.wait()


def main(arguments: Sequence[str] | None = None) -> None:
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s")
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(parse(arguments)))


if __name__ == "__main__":
    main()

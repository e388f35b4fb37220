"""The key stays on the server: a setup endpoint, and a session that has no key of its own and asks it."""

import argparse
import asyncio

from aiohttp import web

from realtime_rx import Message, setup_endpoint, tool, use_realtime
from realtime_rx.setup_endpoint import SetupRequest

GUEST = {"Authorization": "Bearer a-guest-of-ours"}


@tool
def get_weather(city: str) -> dict[str, object]:
    """Look up the weather in a city."""
    return {"city": city, "sky": "sunny", "celsius": 21}


def is_guest(request: SetupRequest) -> bool:
    """Whoever may have a token; an application would look at its own cookie."""
    return request.headers.get("authorization") == GUEST["Authorization"]


async def ask(model: str, url: str) -> None:
    """The client's half: no key. What the model is told of tools comes from the server, what they do is here."""
    answered = asyncio.Event()

    def on_message(message: Message) -> None:
        if message.text:
            print(f"{message.role}: {message.text}")
        if message.role == "assistant" and message.text:
            answered.set()

    api = {"token": url, "headers": GUEST}
    async with use_realtime(model, api=api, tools=[get_weather], on_message=on_message) as session:
        session.send_text_message("What is the weather in Lisbon?")
        await answered.wait()


async def main(model: str, port: int) -> None:
    """The server's half: it has the key and the tools, and it has the last word on the settings."""
    app = web.Application()
    app.router.add_route("*", "/setup", setup_endpoint(model, tools=[get_weather], authorize=is_guest))
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/setup"
    print(f"{url} gives tokens for {model}", flush=True)
    await (asyncio.Event().wait() if port else ask(model, url))
    await runner.cleanup()


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--model", default="local", help='such as "openai:gpt-realtime"')
    options.add_argument("--port", type=int, default=0, help="serve there until Ctrl-C, and ask nothing")
    asyncio.run(main(**vars(options.parse_args())))

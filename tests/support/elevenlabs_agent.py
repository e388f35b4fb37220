"""An agent that talks, for the scripted ElevenLabs server, and sessions with it."""

from typing import Any

from realtime_rx import RealtimeSession, SessionState, use_realtime
from realtime_rx.transports import WebSocketTransport

from .elevenlabs_frames import calling, correcting, guessing, hearing, interrupting, pinging, replying, sounding
from .elevenlabs_server import AGENT, ElevenLabsCaller, ElevenLabsServer, kind_of


def session_at(server: ElevenLabsServer, agent: str = AGENT, **options: Any) -> RealtimeSession:
    """A session with that server, over a WebSocket that is quick to give up."""
    return use_realtime(
        f"elevenlabs:{agent}",
        **{
            "base_url": server.base_url,
            "transport": lambda: WebSocketTransport(close_timeout=0.2),
            "connect_timeout": 5.0,
            **options,
        },
    )


def rows(state: SessionState) -> list[tuple[str, str]]:
    return [(message.role, message.text) for message in state.messages if message.text]


def settled(state: SessionState) -> bool:
    """Connected, and nothing is under way."""
    flow = state.flow
    return state.status == "connected" and flow.response_id is None and not flow.calls and not flow.user_speaking


def answered(replies: int) -> Any:
    def enough(state: SessionState) -> bool:
        return settled(state) and sum(role == "assistant" for role, _ in rows(state)) >= replies

    return enough


HEARD = ("Hello", "Hello are", "Hello, are you there?")
"""What it understands of any speech: two guesses, and the final transcript."""
ENOUGH = 3
"""How many pieces of sound make speech."""
STORY = "Once upon a time there was a robot."


class Agent:
    """Answers by rule: ``weather`` calls the tool of that name unless it is told what that returned, ``story`` goes on
    until interrupted."""

    def __init__(self, caller: ElevenLabsCaller) -> None:
        self._caller = caller
        self._event_id = 0
        self._pieces = 0
        self._telling = 0
        self._returned = ""

    async def talk(self) -> None:
        await self._caller.greet()
        await self._reply("Hi!")
        await self._caller.say(pinging(1))
        while True:
            frame = await self._caller.hear()
            match kind_of(frame):
                case "user_message":
                    await self._silence()
                    await self._answer(frame["text"])
                case "user_audio_chunk":
                    await self._listen()
                case "contextual_update":
                    self._returned = frame["text"].partition(" returned: ")[2] or self._returned
                case "client_tool_result":
                    await self._reply(f"It says {frame['result']}.")
                case _:
                    pass

    async def _answer(self, words: str) -> None:
        if "weather" in words and self._returned:
            await self._reply(f"It says {self._returned}.")
        elif "weather" in words:
            self._event_id += 1
            call_id = f"call_{self._event_id}"
            await self._caller.say(calling(call_id, "get_weather", {"city": "Tokyo"}, self._event_id))
        elif "story" in words:
            await self._reply(STORY, pieces=10)
            self._telling = self._event_id
        else:
            await self._reply(f"You said {words}")

    async def _reply(self, words: str, pieces: int = 2) -> None:
        self._event_id += 1
        first, *rest = (sounding(self._event_id) for _ in range(pieces))
        await self._caller.say(first, replying(words, self._event_id), *rest)

    async def _silence(self) -> None:
        """Whoever speaks interrupts the story; what of it is still under way comes too late."""
        if not self._telling:
            return
        late, self._telling = self._telling, 0
        await self._caller.say(interrupting(late + 1), sounding(late), correcting(STORY, "Once upon a", late))

    async def _listen(self) -> None:
        await self._silence()
        self._pieces += 1
        if self._pieces < ENOUGH:
            return
        self._pieces = 0
        self._event_id += 1
        *guesses, words = HEARD
        await self._caller.say(*(guessing(each, self._event_id) for each in guesses), hearing(words, self._event_id))
        await self._reply("I am here.")


async def talk(caller: ElevenLabsCaller) -> None:
    """The part of an agent that answers whatever it is told."""
    await Agent(caller).talk()

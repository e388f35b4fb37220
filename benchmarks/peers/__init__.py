"""Who is measured. A peer is a script in this folder, reporting through harness.py or harness.mjs, and a line here."""

from dataclasses import dataclass
from pathlib import Path

from benchmarks.environments import Environment, NodeEnvironment, PythonEnvironment, ThisPython
from benchmarks.generator import Kind

HERE = Path(__file__).parent
CHECKOUT = HERE.parent.parent
CACHE = CHECKOUT / ".cache" / "benchmarks"


@dataclass(frozen=True, slots=True)
class Peer:
    """`other_messages` says why its messages cannot be compared, where they cannot."""

    name: str
    environment: Environment
    script: str
    mode: str
    kinds: tuple[Kind, ...] = ("full", "noaudio")
    other_messages: str | None = None

    def command(self) -> list[str]:
        return [*self.environment.command(HERE / self.script), "--mode", self.mode]


NO_TOOL_CALLS = "not compared: they have no tool calls"
ONLY_PARSED = "none: it only parses"

THIS_PYTHON = ThisPython()
AI_SDK_PACKAGES = (("ai", "7.0.173"), ("@ai-sdk/openai", "4.0.118"), ("esbuild", "0.28.2"), ("ws", "8.23.0"))
AI_SDK = NodeEnvironment(CACHE / "ai-sdk", AI_SDK_PACKAGES)
TANSTACK_PACKAGES = (("@tanstack/ai", "0.58.0"), ("@tanstack/ai-client", "0.33.2"), ("@tanstack/ai-openai", "0.23.1"))
TANSTACK = NodeEnvironment(CACHE / "tanstack", TANSTACK_PACKAGES)
AGENTS = PythonEnvironment(CACHE / "openai-agents", ("openai-agents==0.24.0",))
PYDANTIC_AI = PythonEnvironment(CACHE / "pydantic-ai", ("pydantic-ai-slim[openai-realtime]==2.68.0",))
OPENAI = PythonEnvironment(CACHE / "openai", ("openai[realtime]==3.52.0",))

SOUND: tuple[Kind, ...] = ("full",)

SESSION = Peer("realtime-rx session", THIS_PYTHON, "ours.py", "session")
SESSION_AUDIO = Peer("realtime-rx session, audio decoded", THIS_PYTHON, "ours.py", "session-audio", SOUND)
SESSION_AUDIO_PLAIN = Peer(
    "realtime-rx session, audio decoded, without extras", THIS_PYTHON, "ours_plain.py", "session-audio", SOUND
)
STORE = Peer("realtime-rx codec and store", THIS_PYTHON, "ours.py", "store")
STORE_11 = Peer("realtime-rx store, 11 subscribers", THIS_PYTHON, "ours.py", "store-11")
CALLBACKS = Peer("realtime-rx reducer, callbacks", THIS_PYTHON, "ours.py", "callbacks")
REDUCER = Peer("realtime-rx codec and reducer", THIS_PYTHON, "ours.py", "reduce")

REFERENCE = Peer("AI SDK session", AI_SDK, "ai_sdk.mjs", "session")
REFERENCE_AUDIO = Peer("AI SDK session, audio decoded", AI_SDK, "ai_sdk.mjs", "session-audio", SOUND)
REFERENCE_REDUCER = Peer("AI SDK reducer", AI_SDK, "ai_sdk_reducer.mjs", "reducer")
TANSTACK_CLIENT = Peer("TanStack AI client", TANSTACK, "tanstack.mjs", "client", other_messages=NO_TOOL_CALLS)
AGENTS_SESSION = Peer("openai-agents session", AGENTS, "openai_agents.py", "session")
PYDANTIC_AI_SESSION = Peer("pydantic-ai session", PYDANTIC_AI, "pydantic_ai_session.py", "session")
OPENAI_PARSE = Peer("openai, typed parse", OPENAI, "openai_python.py", "parse", other_messages=ONLY_PARSED)

SESSIONS = (SESSION, STORE, REFERENCE, REFERENCE_REDUCER, AGENTS_SESSION, PYDANTIC_AI_SESSION)
"""Who keeps the messages of a conversation, and may slow down as they become more."""

PEERS = (
    SESSION,
    STORE,
    REDUCER,
    REFERENCE,
    REFERENCE_REDUCER,
    TANSTACK_CLIENT,
    AGENTS_SESSION,
    PYDANTIC_AI_SESSION,
    OPENAI_PARSE,
    SESSION_AUDIO,
    SESSION_AUDIO_PLAIN,
    REFERENCE_AUDIO,
)

"""Who is measured. A peer is a script in this folder, reporting through harness.py or harness.mjs, and a line here."""

from dataclasses import dataclass
from pathlib import Path

from benchmarks.environments import Environment, NodeEnvironment, PythonEnvironment, ThisPython
from benchmarks.generator import Kind

HERE = Path(__file__).parent
CHECKOUT = HERE.parent.parent
CACHE = CHECKOUT / ".cache" / "benchmarks"


@dataclass(frozen=True, slots=True, kw_only=True)
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


THIS_PYTHON = ThisPython()
AI_SDK_PACKAGES = (("ai", "7.0.173"), ("@ai-sdk/openai", "4.0.118"), ("esbuild", "0.28.2"), ("ws", "8.23.0"))
AI_SDK = NodeEnvironment(CACHE / "ai-sdk", AI_SDK_PACKAGES)
TANSTACK_PACKAGES = (("@tanstack/ai", "0.58.0"), ("@tanstack/ai-client", "0.33.2"), ("@tanstack/ai-openai", "0.23.1"))
TANSTACK = NodeEnvironment(CACHE / "tanstack", TANSTACK_PACKAGES)
AGENTS = PythonEnvironment(CACHE / "openai-agents", ("openai-agents==0.24.0",))
PYDANTIC_AI = PythonEnvironment(CACHE / "pydantic-ai", ("pydantic-ai-slim[openai-realtime]==2.68.0",))
OPENAI = PythonEnvironment(CACHE / "openai", ("openai[realtime]==3.52.0",))

SESSION = Peer(name="realtime-rx session", environment=THIS_PYTHON, script="ours.py", mode="session")
SESSION_AUDIO = Peer(
    name="realtime-rx session, audio decoded",
    environment=THIS_PYTHON,
    script="ours.py",
    mode="session-audio",
    kinds=("full",),
)
STORE = Peer(name="realtime-rx codec and store", environment=THIS_PYTHON, script="ours.py", mode="store")
STORE_11 = Peer(name="realtime-rx store, 11 subscribers", environment=THIS_PYTHON, script="ours.py", mode="store-11")
CALLBACKS = Peer(name="realtime-rx reducer, callbacks", environment=THIS_PYTHON, script="ours.py", mode="callbacks")
REDUCER = Peer(name="realtime-rx codec and reducer", environment=THIS_PYTHON, script="ours.py", mode="reduce")

REFERENCE = Peer(name="AI SDK session", environment=AI_SDK, script="ai_sdk.mjs", mode="session")
REFERENCE_AUDIO = Peer(
    name="AI SDK session, audio decoded",
    environment=AI_SDK,
    script="ai_sdk.mjs",
    mode="session-audio",
    kinds=("full",),
)
REFERENCE_REDUCER = Peer(name="AI SDK reducer", environment=AI_SDK, script="ai_sdk_reducer.mjs", mode="reducer")
TANSTACK_CLIENT = Peer(
    name="TanStack AI client",
    environment=TANSTACK,
    script="tanstack.mjs",
    mode="client",
    other_messages="not compared: they have no tool calls",
)
AGENTS_SESSION = Peer(name="openai-agents session", environment=AGENTS, script="openai_agents.py", mode="session")
PYDANTIC_AI_SESSION = Peer(
    name="pydantic-ai session", environment=PYDANTIC_AI, script="pydantic_ai_session.py", mode="session"
)
OPENAI_PARSE = Peer(
    name="openai, typed parse",
    environment=OPENAI,
    script="openai_python.py",
    mode="parse",
    other_messages="none: it only parses",
)

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
    REFERENCE_AUDIO,
)

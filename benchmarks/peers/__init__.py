"""Who is measured. A peer is a script in this folder, reporting through harness.py or harness.mjs, and a line here."""

from dataclasses import dataclass
from pathlib import Path

from benchmarks.environments import Environment, NodeEnvironment, ThisPython
from benchmarks.generator import Kind

HERE = Path(__file__).parent
CHECKOUT = HERE.parent.parent
CACHE = CHECKOUT / ".cache" / "benchmarks"


@dataclass(frozen=True, slots=True)
class Peer:
    name: str
    environment: Environment
    script: str
    mode: str
    kinds: tuple[Kind, ...] = ("full", "noaudio")

    def command(self) -> list[str]:
        return [*self.environment.command(HERE / self.script), "--mode", self.mode]


THIS_PYTHON = ThisPython()
AI_SDK = NodeEnvironment(CACHE / "ai-sdk", (("ai", "7.0.173"), ("@ai-sdk/openai", "4.0.118")))

REFERENCE = Peer("AI SDK session", AI_SDK, "ai_sdk.mjs", "session")
PEERS = (
    REFERENCE,
    Peer("AI SDK session, audio decoded", AI_SDK, "ai_sdk.mjs", "session-audio", kinds=("full",)),
    Peer("realtime-rx, codec and reduce", THIS_PYTHON, "ours.py", "reduce"),
    Peer("realtime-rx, codec and store, two subscribers", THIS_PYTHON, "ours.py", "store"),
)

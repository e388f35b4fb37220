"""Where the official clients live: one environment each, because they need other versions of what we depend on."""

from pathlib import Path

from benchmarks.environments import NodeEnvironment, PythonEnvironment

CACHE = Path(__file__).parent.parent.parent / ".cache" / "peers"

OPENAI = PythonEnvironment(CACHE / "openai", ("openai[realtime]",))
ELEVENLABS = PythonEnvironment(CACHE / "elevenlabs", ("elevenlabs>=2.78",))
OPENAI_AGENTS = PythonEnvironment(CACHE / "openai-agents", ("openai-agents",))
GOOGLE_GENAI = PythonEnvironment(CACHE / "google-genai", ("google-genai",))
AI_SDK = NodeEnvironment(CACHE / "ai-sdk", (("ai", "7"), ("@ai-sdk/openai", "4"), ("esbuild", "0.28")))

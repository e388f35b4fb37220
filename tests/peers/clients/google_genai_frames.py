"""Holds frames that we send against google-genai's own models; prints what is wrong with each."""

import json
import sys
from pathlib import Path
from typing import Any

from google.genai.types import LiveClientMessage, RealtimeInputConfig
from pydantic import ValidationError


def problem(frame: dict[str, Any]) -> str | None:
    """What the models have against a frame. The official client sends one setting that its model of setup lacks."""
    try:
        if "setup" in frame:
            RealtimeInputConfig.model_validate(frame["setup"].pop("realtimeInputConfig", {}))
        LiveClientMessage.model_validate(frame)
    except ValidationError as error:
        return f"{json.dumps(frame)[:200]}: {error}"
    return None


if __name__ == "__main__":
    frames: list[dict[str, Any]] = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    problems = [found for frame in frames if (found := problem(frame)) is not None]
    sys.stdout.write(f"{json.dumps({'checked': len(frames), 'problems': problems})}\n")

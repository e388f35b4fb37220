"""What Gemini says was used is counted once."""

from ...support.gemini_frames import (
    completed,
    saying,
    used,
)
from .decoding import talked


def test_usage_adds_up_over_turns_and_not_within() -> None:
    """Within a turn the latest report counts, and the turns add up; an empty report takes nothing away."""
    turn = [saying("a"), {"usageMetadata": used(100, 5)}, {"usageMetadata": {}}, completed(used(100, 9))]
    state = talked(*turn, saying("b"), completed(used(150, 4)), {"usageMetadata": used(150, 4)})
    usage = state.usage
    assert (usage.total_tokens, usage.input_tokens, usage.output_tokens) == (263, 250, 13)


def test_usage_is_told_by_kind() -> None:
    """Text, sound, pictures, what was cached, what was thought and what tools read are counted apart."""
    report = {
        "promptTokenCount": "100", "responseTokenCount": 20, "totalTokenCount": 120, "cachedContentTokenCount": 30,
        "thoughtsTokenCount": 7, "toolUsePromptTokenCount": 3,
        "promptTokensDetails": [
            {"modality": "TEXT", "tokenCount": 40}, {"modality": "AUDIO", "tokenCount": 50},
            {"modality": "VIDEO", "tokenCount": 6}, {"modality": "IMAGE", "tokenCount": 4},
        ],
        "cacheTokensDetails": [{"modality": "TEXT", "tokenCount": 10}, {"modality": "AUDIO", "tokenCount": 20}],
        "responseTokensDetails": [{"modality": "TEXT", "tokenCount": 5}, {"modality": "AUDIO", "tokenCount": 15}],
    }  # fmt: skip
    usage = talked({"usageMetadata": report}).usage
    assert (usage.input_tokens, usage.input_text_tokens, usage.input_audio_tokens) == (100, 40, 50)
    assert (usage.input_image_tokens, usage.output_text_tokens, usage.output_audio_tokens) == (10, 5, 15)
    assert (usage.cached_tokens, usage.cached_text_tokens, usage.cached_audio_tokens) == (30, 10, 20)
    assert (usage.thought_tokens, usage.tool_use_tokens) == (7, 3)

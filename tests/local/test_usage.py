"""The estimates of a response's usage."""

from .conftest import TEXT, Open, SlowWords, audio


async def test_words_and_seconds_are_counted(session: Open) -> None:
    """A word is a text token, 50 ms of answer are an audio token, and the sums are right."""
    async with session(voice=SlowWords()) as peer:
        await peer.update(instructions="one two three")
        usage = (await peer.ask("four five"))["usage"]
        assert usage["input_token_details"]["text_tokens"] == 5
        assert usage["output_token_details"] == {"text_tokens": 2, "audio_tokens": 8}
        assert usage["input_tokens"] == 5
        assert usage["output_tokens"] == 10
        assert usage["total_tokens"] == 15


async def test_what_was_heard_counts_as_input(session: Open) -> None:
    """100 ms of a user's sound are an audio token; the assistant's own sound is not input."""
    async with session(voice=SlowWords()) as peer:
        await peer.ask("hello")
        await peer.send("input_audio_buffer.append", audio=audio(1000))
        await peer.send("input_audio_buffer.commit")
        usage = (await peer.respond(**TEXT))["usage"]
        assert usage["input_token_details"]["audio_tokens"] == 10
        assert usage["output_token_details"]["audio_tokens"] == 0

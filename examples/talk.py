"""Talk to a model through this machine's microphone and speaker. Needs ``pip install "realtime-rx[audio,local]"``.

With ``--ask question.wav --answer answer.wav`` two files take their places.
"""

import argparse
import asyncio

from realtime_rx import Message, Mode, RealtimeError, Transcription, use_realtime
from realtime_rx.abc import AudioInput, AudioOutput
from realtime_rx.audio.devices import microphone_and_speaker
from realtime_rx.audio.wav import WavInput, WavOutput


def show(message: Message) -> None:
    print(f"{message.role}: {message.text}", flush=True)


def mode_shown(mode: Mode) -> None:
    print(f"  ({mode})", flush=True)


def devices(options: argparse.Namespace) -> tuple[AudioInput, AudioOutput]:
    if options.ask and options.answer:
        return WavInput(options.ask), WavOutput(options.answer)
    return microphone_and_speaker(headphones=options.headphones)


async def main(options: argparse.Namespace) -> None:
    microphone, speaker = devices(options)
    session = use_realtime(
        options.model,
        instructions="Answer in one short sentence.",
        transcription=Transcription(),
        audio_input=microphone,
        audio_output=speaker,
        on_message=show,
        on_mode_change=mode_shown,
        on_error=lambda error: print(f"! {error.message}", flush=True),
    )
    async with session:
        session.start_audio_capture()
        print("Speak; Ctrl-C ends the conversation.", flush=True)
        await asyncio.sleep(options.seconds)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=None, help="openai:gpt-realtime, local, …")
    parser.add_argument("--headphones", action="store_true", help="no echo to be kept out of the microphone")
    parser.add_argument("--ask", help="a WAV file instead of the microphone")
    parser.add_argument("--answer", help="a WAV file instead of the speaker")
    parser.add_argument("--seconds", type=float, default=3600.0)
    try:
        asyncio.run(main(parser.parse_args()))
    except RealtimeError as error:
        raise SystemExit(f"talk.py: {error}") from error
    except KeyboardInterrupt:
        pass

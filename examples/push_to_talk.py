"""Push to talk: Enter, speak, Enter. Needs ``pip install "realtime-rx[audio,local]"``.

Enter while the model speaks interrupts it. Ctrl-D ends the conversation.
With ``--ask question.wav --answer answer.wav`` two files take the places of the microphone and the speaker.
"""

import argparse
import sys

from realtime_rx import Message, RealtimeError, Transcription, use_realtime
from realtime_rx.abc import AudioInput, AudioOutput
from realtime_rx.audio.devices import microphone_and_speaker
from realtime_rx.audio.wav import WavInput, WavOutput


def say(text: str) -> None:
    print(text, flush=True)


def show(message: Message) -> None:
    say(f"{message.role}: {message.text}")


def devices(options: argparse.Namespace) -> tuple[AudioInput, AudioOutput]:
    if options.ask and options.answer:
        return WavInput(options.ask), WavOutput(options.answer)
    return microphone_and_speaker(headphones=True)  # what it says while the key is up, the microphone does not hear


def main(options: argparse.Namespace) -> None:
    microphone, speaker = devices(options)
    session = use_realtime(
        options.model,
        vad_mode="manual",
        transcription=Transcription(),
        audio_input=microphone,
        audio_output=speaker,
        on_message=show,
        on_mode_change=lambda mode: say(f"  ({mode})"),
        on_error=lambda error: say(f"! {error.message}"),
    )
    session.connect().wait(30)  # no event loop here: the session runs on the library's own
    say("Enter to speak, Enter to be answered.")
    for presses, _ in enumerate(sys.stdin):
        (session.stop_listening if presses % 2 else session.start_listening)()
    session.aclose().wait(10)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", help="openai:gpt-realtime, local, …")
    parser.add_argument("--ask", help="a WAV file instead of the microphone")
    parser.add_argument("--answer", help="a WAV file instead of the speaker")
    try:
        main(parser.parse_args())
    except RealtimeError as error:
        raise SystemExit(f"push_to_talk.py: {error}") from error

"""Ask in writing, and keep the sound of each answer in a WAV file: no microphone, no speaker, no sound card.

python examples/record_to_wav.py --folder answers "What time is it?" "Count to five"

Sound is an effect: ``session.effects`` has all of it, whether or not there is somebody who plays it.
"""

import argparse
import asyncio
import base64
import wave
from collections import defaultdict
from pathlib import Path

from realtime_rx import Message, RealtimeError, use_realtime
from realtime_rx.effects import Effect, PlayAudio
from realtime_rx.formats import PCM16_24K


def write(path: Path, pcm: bytes) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, PCM16_24K.rate, 0, "NONE", ""))
        file.writeframes(pcm)


async def main(options: argparse.Namespace) -> None:
    options.folder.mkdir(parents=True, exist_ok=True)
    answers: asyncio.Queue[Message] = asyncio.Queue()
    sound: defaultdict[str, bytes] = defaultdict(bytes)

    def keep(effect: Effect) -> None:
        if isinstance(effect, PlayAudio):
            sound[effect.item_id] += base64.b64decode(effect.audio)

    def complete(message: Message) -> None:
        if message.role == "assistant":
            answers.put_nowait(message)

    session = use_realtime(options.model, output_format=PCM16_24K, on_message=complete)
    session.effects.subscribe(keep)
    async with session:
        for number, question in enumerate(options.questions, start=1):
            session.send_text_message(question)
            answer = await answers.get()
            path = options.folder / f"answer-{number}.wav"
            write(path, sound.pop(answer.id, b""))
            print(f"{path}: {answer.text}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", nargs="+")
    parser.add_argument("--model", help="openai:gpt-realtime, local, …")
    parser.add_argument("--folder", type=Path, default=Path())
    try:
        asyncio.run(main(parser.parse_args()))
    except RealtimeError as error:
        raise SystemExit(f"record_to_wav.py: {error}") from error

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from realtime_rx.audio.pcm import encode
from realtime_rx.audio.playback import Part, PlaybackQueue, Played
from realtime_rx.formats import PCMU
from tests.audio.sounds import cut, sine

FIRST, SECOND = Part("item_1", 0), Part("item_2", 0)


def tone(samples: int) -> bytes:
    return sine(440, samples / 24_000)


def test_sound_comes_out_in_order() -> None:
    """What was pushed first is taken first, in blocks of at most the size that is asked for, each of one part."""
    queue = PlaybackQueue()
    first, second = tone(250), tone(100)
    queue.push(FIRST, first)
    queue.push(SECOND, second)
    blocks = [queue.take(100) for _ in range(5)]
    assert [len(block) // 2 for block in blocks] == [100, 100, 50, 100, 0]
    assert b"".join(blocks) == first + second


@given(st.lists(st.integers(0, 2_000), max_size=10))
def test_chunks_may_be_cut_anywhere(cuts: list[int]) -> None:
    """Chunks that end in the middle of a sample are played as the whole would be."""
    queue = PlaybackQueue()
    sound = tone(900)
    for chunk in cut(sound, cuts):
        queue.push(FIRST, chunk)
    taken = b""
    while block := queue.take(77):
        taken += block
    assert taken == sound


def test_the_odd_byte_of_one_part_is_not_played_in_another() -> None:
    """Each part begins with a whole sample."""
    queue = PlaybackQueue()
    queue.push(FIRST, tone(10) + b"x")
    queue.push(SECOND, tone(5))
    assert queue.take(10) + queue.take(10) == tone(10) + tone(5)


def test_other_formats_are_decoded() -> None:
    """G.711 waits as PCM16, as many samples as it had bytes."""
    queue = PlaybackQueue(PCMU)
    queue.push(FIRST, encode(tone(80), PCMU))
    assert len(queue.take(1_000)) == 160


def test_what_the_device_holds_is_not_heard_yet() -> None:
    """What was given to the device counts as heard when so much came behind it as the device holds."""
    queue = PlaybackQueue(latency=100)
    queue.push(FIRST, tone(250))
    reports: list[Played] = []
    for _ in range(3):
        queue.take(100)
        reports += queue.settle()
    assert reports == [Played(FIRST, 100), Played(FIRST, 150)]
    queue.take_silence(60)
    assert queue.settle() == [Played(FIRST, 210)]
    assert not queue.is_drained
    queue.take_silence(60)
    assert queue.settle() == [Played(FIRST, 250)]
    assert queue.is_drained


def test_silence_is_no_part_of_anything() -> None:
    """Silence between two bursts of a part is not counted as heard sound."""
    queue = PlaybackQueue(latency=50)
    queue.push(FIRST, tone(50))
    queue.take(50)
    queue.take_silence(500)
    assert queue.settle() == [Played(FIRST, 50)]
    queue.push(FIRST, tone(50))
    queue.take(50)
    queue.take_silence(50)
    assert queue.settle() == [Played(FIRST, 100)]


def test_one_settlement_tells_of_each_part_once() -> None:
    """Several blocks that became audible at once are one report for each part."""
    queue = PlaybackQueue()
    queue.push(FIRST, tone(20))
    queue.push(SECOND, tone(20))
    for _ in range(4):
        queue.take(10)
    assert queue.settle() == [Played(FIRST, 20), Played(SECOND, 20)]
    assert queue.settle() == []


def test_forgotten_sound_is_never_heard() -> None:
    """After `clear` only what the device was given counts, and that is heard to its end."""
    queue = PlaybackQueue(latency=100)
    queue.push(FIRST, tone(1_000))
    queue.take(150)
    queue.clear()
    assert queue.take(100) == b""
    queue.take_silence(100)
    assert queue.settle() == [Played(FIRST, 150)]
    assert queue.is_drained


def test_after_forgetting_a_part_begins_with_a_whole_sample() -> None:
    """The odd byte of what was forgotten is forgotten too."""
    queue = PlaybackQueue()
    queue.push(FIRST, b"abc")
    queue.clear()
    queue.push(FIRST, tone(5))
    assert queue.take(10) == tone(5)


def test_an_empty_queue_is_drained() -> None:
    """Where nothing was pushed, nothing is waited for."""
    queue = PlaybackQueue(latency=100)
    assert queue.is_drained
    assert queue.settle() == []


PARTS = [Part(f"item_{item}", index) for item in range(3) for index in range(2)]
steps = st.one_of(
    st.tuples(st.just("push"), st.sampled_from(PARTS), st.integers(0, 300)),
    st.tuples(st.just("take"), st.none(), st.integers(1, 200)),
    st.tuples(st.just("clear"), st.none(), st.just(0)),
)


@given(st.lists(steps, max_size=40), st.integers(0, 300))
def test_everything_given_to_the_device_is_heard_once(script: list[tuple[str, Part, int]], latency: int) -> None:
    """Whatever is pushed, taken and forgotten, what was heard of a part only grows, up to what the device was given."""
    queue = PlaybackQueue(latency=latency)
    pushed: Counter[Part] = Counter()
    heard: dict[Part, int] = {}
    given_to_device = 0
    for verb, part, samples in script:
        match verb:
            case "push":
                pushed[part] += samples
                queue.push(part, bytes(2 * samples))
            case "take":
                given_to_device += len(queue.take(samples)) // 2
            case _:
                queue.clear()
        for report in queue.settle():
            assert heard.get(report.part, 0) < report.samples <= pushed[report.part]
            heard[report.part] = report.samples
    queue.clear()
    queue.take_silence(latency)
    heard.update(dict(queue.settle()))
    assert sum(heard.values()) == given_to_device
    assert queue.is_drained

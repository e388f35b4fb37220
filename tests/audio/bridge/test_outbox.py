"""Pacing and counting, by any history."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_rx.audio.bridge.outbox import LEAD_MS, Heard, Outbox
from realtime_rx.audio.bridge.protocol import Hello, PlayedReport, Refusal

RATE = 24_000
LEAD = RATE * LEAD_MS // 1000
OVERHEAD = 60
"""Bytes of each frame's headers: IP, TCP, WebSocket, ours."""


class Page:
    """What a page makes of what it is sent."""

    def __init__(self) -> None:
        self.generation: int | None = None
        self.received = 0
        self.played = 0
        self.heard = 0
        self.sound = b""
        self.at = 0.0

    def get(self, outbox: Outbox) -> None:
        """All that comes in time, until it has to report."""
        while (pause := outbox.pause_s(self.at)) is not None:
            self.at += pause + 0.001
            sending = outbox.take(self.at)
            assert sending is not None
            assert sending.generation == self.generation
            self.received += len(sending.pcm) // 2
            self.sound += sending.pcm

    def move(self, played: int, heard: int) -> PlayedReport:
        """So many samples on."""
        self.played = min(self.received, self.played + played)
        self.heard = min(self.played, self.heard + heard)
        return PlayedReport(generation=self.generation or 0, played=self.played, heard=self.heard)

    def adopt(self, generation: int) -> PlayedReport | None:
        """What it says of the generation before."""
        if generation == self.generation:
            return None
        last = PlayedReport(generation=self.generation or 0, played=self.played, heard=self.played, silent=True)
        first = self.generation is None
        self.generation, self.received, self.played, self.heard = generation, 0, 0, 0
        return None if first else last

    def hello(self) -> Hello:
        return Hello(token="", input_rate=RATE, output_rate=RATE, generation=self.generation, received=self.received)


def connected() -> tuple[Outbox, Page]:
    outbox, page = Outbox(RATE), Page()
    outbox.resume(page.hello())
    page.adopt(outbox.generation)
    return outbox, page


def pcm(samples: int, start: int = 0) -> bytes:
    return b"".join((n % 65_536).to_bytes(2, "little") for n in range(start, start + samples))


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("push"), st.sampled_from("ab"), st.integers(0, 40_001)),
        st.tuples(st.just("move"), st.integers(0, 12_000), st.integers(0, 12_000)),
        st.tuples(st.just("flush"), st.none(), st.none()),
        st.tuples(st.just("get"), st.none(), st.none()),
        st.tuples(st.just("drop"), st.integers(0, 3_000), st.none()),
    ),
    max_size=40,
)


@given(STEPS)
def test_the_page_is_never_too_far_ahead(steps: list[tuple[str, object, object]]) -> None:
    """Through sound, reports, flushes and broken sockets, at most 600 ms are sent that were not reported played."""
    outbox, page = connected()
    told: dict[tuple[str, int], int] = {}
    pushed: dict[tuple[str, int], int] = {}
    for what, one, two in steps:
        match what, one, two:
            case "push", str(item), int(size):
                outbox.push((item, 0), bytes(size))
                pushed[item, 0] = pushed.get((item, 0), 0) + size
            case "move", int(played), int(heard):
                count(told, outbox.report(page.move(played, heard)))
            case "flush", _, _:
                outbox.flush()
                if last := page.adopt(outbox.generation):
                    count(told, outbox.report(last))
            case "drop", int(undelivered), _:
                page.received = max(page.played, page.received - undelivered)
                outbox.resume(page.hello())
            case _:
                page.get(outbox)
        assert 0 <= outbox.ahead <= LEAD
    assert all(2 * told[part] <= pushed[part] for part in told)


def count(told: dict[tuple[str, int], int], heard: list[Heard]) -> None:
    for each in heard:
        assert each.samples == told.get(each.part, 0) + len(each.pcm) // 2
        told[each.part] = each.samples


def test_sound_waits_for_the_reports() -> None:
    """The first 600 ms go before the page has reported, and the rest as it reports that it played."""
    outbox, page = connected()
    outbox.push(("a", 0), bytes(4 * LEAD))
    page.get(outbox)
    assert page.received == LEAD
    outbox.report(page.move(LEAD, 0))
    page.get(outbox)
    assert page.received == 2 * LEAD
    assert not outbox.is_drained
    assert outbox.report(page.move(LEAD, 2 * LEAD))[-1].samples == 2 * LEAD
    assert outbox.is_drained


class NarrowLink:
    """1 Mbit/s, a page behind it that reports every 50 ms, and time that passes in steps of 5 ms."""

    def __init__(self) -> None:
        self.outbox, self.page = connected()
        self.at = 0.0
        self.free_at = 0.0
        self.coming: list[tuple[float, int]] = []
        self.dry = 0

    @property
    def delay_s(self) -> float:
        """How long a flush would be on its way, behind all that is."""
        return max(0.0, self.free_at - self.at)

    def step(self) -> None:
        while (sending := self.outbox.take(self.at)) is not None:
            self.free_at = max(self.free_at, self.at) + (len(sending.pcm) + OVERHEAD) * 8 / 1_000_000
            self.coming.append((self.free_at, len(sending.pcm) // 2))
        self.page.received += sum(samples for at, samples in self.coming if at <= self.at)
        self.coming = [each for each in self.coming if each[0] > self.at]
        if self.page.played < self.page.received:
            before = self.page.played
            report = self.page.move(RATE // 200, RATE // 200)
            self.dry += self.page.played - before < RATE // 200
            if round(self.at * 1_000) % 50 == 0:
                self.outbox.report(report)
        self.at += 0.005


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(1, 48_000)), min_size=1, max_size=8))
def test_a_flush_never_waits_long_on_a_narrow_link(said: list[tuple[int, int]]) -> None:
    """However sound and pauses come, what is before a flush on 1 Mbit/s is through in 70 ms."""
    link = NarrowLink()
    for steps, samples in said:
        link.outbox.push(("a", 0), bytes(2 * samples))
        for _ in range(steps):
            link.step()
            assert link.delay_s <= 0.07


def test_a_narrow_link_does_not_run_dry() -> None:
    """A reply that is there at once is heard without a gap on 1 Mbit/s, and 600 ms ahead within a second."""
    link = NarrowLink()
    link.outbox.push(("a", 0), bytes(20 * RATE))
    for _ in range(200):
        link.step()
    assert link.outbox.ahead > LEAD - RATE // 10
    while link.page.received < 10 * RATE:
        link.step()
    assert link.dry == 0


@given(st.integers(0, LEAD), st.integers(1, 5_000))
def test_what_did_not_arrive_is_sent_again(received: int, size: int) -> None:
    """A page that comes back gets exactly what it did not get before, wherever the socket broke."""
    outbox, page = connected()
    whole = pcm(2 * LEAD)
    for start in range(0, len(whole), 2 * size):
        outbox.push(("a", 0), whole[start : start + 2 * size])
    page.get(outbox)
    page.received = min(received, page.received)
    page.sound = page.sound[: 2 * page.received]
    outbox.resume(page.hello())
    page.get(outbox)
    while page.received < 2 * LEAD:
        outbox.report(page.move(LEAD, 0))
        page.get(outbox)
    assert page.sound == whole


def test_a_new_page_gets_what_was_not_heard() -> None:
    """A page that was loaded anew gets all that the one before it had not let be heard, in a generation of its own."""
    outbox, page = connected()
    outbox.push(("a", 0), pcm(1_000))
    page.get(outbox)
    outbox.report(page.move(500, 300))
    new = Page()
    outbox.resume(new.hello())
    assert new.adopt(outbox.generation) is None
    new.get(outbox)
    assert new.sound == pcm(700, 300)
    assert outbox.report(new.move(700, 700))[-1].samples == 1_000


def test_a_flush_counts_what_the_device_held() -> None:
    """After a flush what the page had played already is still heard and counted, and the rest is void."""
    outbox, page = connected()
    outbox.push(("a", 0), bytes(2_000))
    page.get(outbox)
    outbox.report(page.move(500, 300))
    outbox.flush()
    assert not outbox.is_drained
    assert outbox.report(page.move(0, 0)) == []
    last = page.adopt(outbox.generation)
    assert last is not None
    assert outbox.report(last)[-1].samples == 500
    assert outbox.is_drained
    assert outbox.take(0.0) is None


def test_a_flush_that_the_page_never_saw() -> None:
    """A page that lost both a flush and the sound after it gets that sound from its beginning."""
    outbox, page = connected()
    outbox.push(("a", 0), pcm(100))
    page.get(outbox)
    outbox.flush()
    outbox.push(("b", 0), pcm(50))
    assert outbox.take(0.0) is not None
    outbox.resume(page.hello())
    last = page.adopt(outbox.generation)
    page.sound = b""
    page.get(outbox)
    assert page.sound == pcm(50)
    assert last is not None
    outbox.report(last)
    outbox.report(page.move(50, 50))
    assert outbox.is_drained


def test_odd_bytes_are_carried() -> None:
    """A part that is cut in the middle of a sample is put together again; its odd byte is not before another part, nor
    before what comes after a flush."""
    outbox, page = connected()
    for chunk in (b"\1", b"\2\3", b"\4"):
        outbox.push(("a", 0), chunk)
    outbox.push(("a", 0), b"\5")
    outbox.push(("b", 0), b"\6\7\x08")
    page.get(outbox)
    outbox.flush()
    page.adopt(outbox.generation)
    outbox.push(("b", 0), b"\x09\x0a")
    page.get(outbox)
    assert page.sound == b"\1\2\3\4\6\7\x09\x0a"


@pytest.mark.parametrize(("played", "heard", "generation"), [(11, 0, 2), (5, 6, 2), (-1, -1, 2), (0, 0, 9)])
def test_impossible_reports_are_refused(played: int, heard: int, generation: int) -> None:
    """A page cannot have played what it was not sent, nor heard what it did not play."""
    outbox, page = connected()
    outbox.flush()
    page.adopt(outbox.generation)
    outbox.push(("a", 0), bytes(20))
    page.get(outbox)
    with pytest.raises(Refusal, match="4400"):
        outbox.report(PlayedReport(generation=generation, played=played, heard=heard))


@pytest.mark.parametrize("received", [299, 1_001])
def test_impossible_arrivals_are_refused(received: int) -> None:
    """A page cannot have received what it was not sent, nor less than it has let be heard."""
    outbox, page = connected()
    outbox.push(("a", 0), bytes(2_000))
    page.get(outbox)
    outbox.report(page.move(500, 300))
    page.received = received
    with pytest.raises(Refusal, match="4400"):
        outbox.resume(page.hello())


def test_flushed_generations_are_not_kept_for_ever() -> None:
    """A page that never says what was heard of flushed sound does not fill the memory."""
    outbox, _ = connected()
    for _ in range(100):
        outbox.push(("a", 0), bytes(20))
        outbox.take(0.0)
        outbox.flush()
    assert not outbox.is_drained
    for generation in range(outbox.generation - 16, outbox.generation):
        outbox.forget(generation)
    assert outbox.is_drained

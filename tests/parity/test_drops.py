"""Every provider in every situation at the moment of a drop: nothing is lost, doubled, misplaced or left open."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeGuard

import pytest

from realtime_rx import SessionState
from realtime_rx.items import AudioPart, TextPart
from realtime_rx.providers import PROVIDERS
from realtime_rx.reducer.resumption import goes_on

from ..support.waiting import until
from .players import PLAYERS
from .situations import BEGUN, BESIDE, SITUATIONS, UNWRITTEN, Drop, Situation, Stage, Tool, approve, calls_in
from .test_matrix import Talk, talking

CASES = [
    pytest.param(name, situation, id=f"{name}: {title}")
    for name in PLAYERS
    for title, situation in SITUATIONS.items()
    if situation.possible(PROVIDERS[name]().capabilities)
]


UNHEARD = [
    pytest.param(name, situation, id=f"{name}: {title}")
    for name in PLAYERS
    for title, situation in {"heard": UNWRITTEN, "response begun": BEGUN}.items()
    if PROVIDERS[name]().capabilities.echoes_items
]


@asynccontextmanager
async def cut(name: str, situation: Situation) -> AsyncIterator[tuple[Talk, Stage]]:
    """A session that had a turn, lost its connection in that situation, and is back."""
    drop, weather = Drop(situation), Tool(needs_approval=situation.approves)
    options = {"transport": drop.transport, "tools": [weather.tool], **situation.options(name)}
    async with talking(name, **options) as talk:
        await talk.ask("Hello?", 1)
        await until(talk.session, lambda state: talk.can.resumption == "none" or goes_on(state))
        stage = Stage(talk.session, talk.player, weather, drop)
        drop.arm(talk.session)
        await situation.begin(stage)
        await until(talk.session, lambda state: state.status == "connected" and state.reconnects == 1)
        yield talk, stage


def has_answered(talk: Talk, before: frozenset[str]) -> Callable[[SessionState], bool]:
    """Nothing is under way, and the last word is a whole answer that was not there before."""

    def enough(state: SessionState) -> bool:
        said = talk.said(state)
        last = said[-1] if said else None
        done = last is not None and last.role == "assistant" and last.status == "completed" and last.id not in before
        return done and not state.flow.optimistic and talk.answered(0)(state)

    return enough


def settled(state: SessionState) -> None:
    """Nothing is wrong, nothing is left open, nothing is there twice."""
    flow = state.flow
    assert (state.status, state.mode, state.error) == ("connected", "idle", None)
    assert (flow.optimistic, flow.held, flow.queued, flow.calls, flow.requested) == ((), (), None, (), False)
    ids = [message.id for message in state.messages]
    assert len(ids) == len(set(ids))
    assert [message for message in state.messages if message.status == "in_progress"] == []
    words = [part for each in state.messages for part in each.parts if isinstance(part, TextPart | AudioPart)]
    assert [part for part in words if part.state == "streaming"] == []


def asked(talk: Talk, state: SessionState, *expected: str) -> None:
    """The user said that, in that order; of what they said aloud the last words may not have been understood."""
    said = [message for message in talk.said(state) if message.role == "user"]
    spoken = [any(isinstance(part, AudioPart) for part in message.parts) for message in said]
    shown = [message.text.strip() for message in said]
    whole = [
        words if aloud and words.startswith(heard) else heard
        for words, heard, aloud in zip(expected, shown, spoken, strict=True)
    ]
    assert whole == [*expected]


@pytest.mark.parametrize(("name", "situation"), CASES)
async def test_whatever_was_under_way_comes_to_its_end(name: str, situation: Situation) -> None:
    """After a drop what the user said is there once, in its place, and answered; a tool ran once; and it goes on."""
    async with cut(name, situation) as (talk, stage):
        await situation.end(stage)
        state = await until(talk.session, has_answered(talk, stage.drop.before))
        settled(state)
        said = ["Hello?", *situation.says(talk.player)]
        asked(talk, state, *said)
        assert stage.tool.runs == len(calls_in([*state.messages])) == ("weather" in said[-1].lower())
        assert all(call.state == "output-available" for call in calls_in([*state.messages]))
        whole = len([each for each in talk.said(state) if each.role == "assistant"])
        state = await talk.ask("And now?", whole + 1)
        settled(state)
        asked(talk, state, *said, "And now?")
        assert talk.rows(state)[-1][0] == "assistant"


@pytest.mark.parametrize("name", PLAYERS)
async def test_a_call_that_is_open_holds_up_no_other_question(name: str) -> None:
    """What was asked beside a call that waits for approval is answered without it; the call is when it is approved."""
    async with cut(name, BESIDE) as (talk, stage):
        known = stage.drop.before

        def has_replied(state: SessionState) -> bool:
            last = talk.said(state)[-1]
            return last.role == "assistant" and last.status == "completed" and last.id not in known

        state = await until(talk.session, has_replied)
        assert [call.state for call in calls_in([*state.messages])] == ["approval-requested"]
        stage.drop.before = frozenset(message.id for message in state.messages)
        await approve(stage)
        state = await until(talk.session, has_answered(talk, stage.drop.before))
        settled(state)
        asked(talk, state, "Hello?", *BESIDE.says(talk.player))
        assert (stage.tool.runs, len(calls_in([*state.messages]))) == (1, 1)


@pytest.mark.parametrize(("name", "situation"), UNHEARD)
async def test_speech_that_nobody_wrote_down_is_said_to_be_lost(name: str, situation: Situation) -> None:
    """A spoken turn without a transcript stays, and says so; who goes on with the session answers it; it goes on."""
    async with cut(name, situation) as (talk, stage):
        resumes = talk.can.resumption == "conversation"
        if resumes:
            await until(talk.session, has_answered(talk, stage.drop.before))
        known = frozenset(message.id for message in talk.session.state.messages)
        talk.session.send_text_message("And now?")
        state = await until(talk.session, has_answered(talk, known))
        settled(state)
        (voice,) = [part for each in state.messages if each.role == "user" for part in each.parts if is_voice(part)]
        assert (voice.transcript, voice.error is not None) == ("", True)
        asked(talk, state, "Hello?", "And now?")
        replies = [each for each in talk.said(state) if each.role == "assistant"]
        # A conversation may also have an answer that was given after the connection went away.
        assert len(replies) == 2 or resumes


def is_voice(part: object) -> TypeGuard[AudioPart]:
    return isinstance(part, AudioPart)

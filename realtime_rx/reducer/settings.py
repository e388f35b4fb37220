"""The session's settings: asked for, confirmed, refused.

What the provider says is in force is the truth (``state.session``); ``state.config`` is what the next connection will
be asked for, so a change that was refused must not stay in it: a provider refuses settings as a whole.
"""

from __future__ import annotations

from msgspec import UNSET
from msgspec.structs import replace

from realtime_rx.config import SessionConfig
from realtime_rx.effects import Effect, Notify, StartTimer
from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.events import SessionCreated, SessionUpdated, ToolsOffered, UpdateSession
from realtime_rx.reducer.edits import Step, kept
from realtime_rx.reducer.requests import GONE
from realtime_rx.state import PendingUpdate, SessionState

CONFIRMED_S = 5.0
"""How long a provider may take to confirm a change; they take well under a second."""


def session_described(state: SessionState, event: SessionCreated | SessionUpdated) -> Step:
    """The provider's own description is the truth about the settings."""
    if isinstance(event, SessionUpdated):
        state = replace(state, flow=replace(state.flow, updated_at=event.at))
    return replace(
        state,
        status="connected",
        session_id=event.session_id or state.session_id,
        model=event.model or state.model,
        session=kept(state.session, event.session or state.session),
        input_format=event.input_format or state.input_format,
        output_format=event.output_format or state.output_format,
    ), ()


def asked(state: SessionState, event: UpdateSession, at: float) -> Step:
    """The settings with these changes in them. Whether the provider takes them is seen in a moment."""
    config = kept(state.config, state.config.merged(event.config))
    before, state = state.config, state if config is state.config else replace(state, config=config)
    if state.status in GONE or event.event_id is None or not state.capabilities.session_update:
        return state, ()
    pending = PendingUpdate(event_id=event.event_id, update=event.config, before=before, at=at)
    state = replace(state, flow=replace(state.flow, updates=(*state.flow.updates, pending)))
    return state, (StartTimer("settings", state.connection, CONFIRMED_S),)


def refused(state: SessionState, event_id: str | None) -> SessionState:
    """The state without the change that the provider refused; those after it stay."""
    updates = state.flow.updates
    position = next((i for i, each in enumerate(updates) if each.event_id == event_id), None)
    if position is None:
        return state
    config = updates[position].before
    later: list[PendingUpdate] = []
    for each in updates[position + 1 :]:
        later.append(replace(each, before=config))
        config = config.merged(each.update)
    flow = replace(state.flow, updates=(*updates[:position], *later))
    return replace(state, config=kept(state.config, config), flow=flow)


def unconfirmed(state: SessionState, at: float) -> Step:
    """Time is up for what was asked. Some servers confirm nothing, ever: of those nothing is expected."""
    flow = state.flow
    silent = [each for each in flow.updates if each.at > flow.updated_at]
    state = replace(state, flow=replace(flow, updates=()))
    if not silent or not flow.updated_at:
        return state, ()
    names = sorted({name for each in silent for name in given(each.update)})
    message = f"the provider did not confirm the change of {', '.join(names)}"
    error = RealtimeErrorInfo(message=message, code="unconfirmed_setting", param=names[0], at=at)
    told: tuple[Effect, ...] = (Notify(error),)
    return replace(state, error=error), told


def given(config: SessionConfig) -> list[str]:
    return [name for name in config.__struct_fields__ if getattr(config, name) not in (UNSET, {})]


def tools_offered(state: SessionState, event: ToolsOffered) -> Step:
    """They take the place of those that were asked for; the connection names them in the settings that go out first."""
    return replace(state, config=kept(state.config, state.config.merged(SessionConfig(tools=event.tools)))), ()

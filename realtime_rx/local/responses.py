"""The responses of a session: which one is asked for, which one may run, and what ends it before its time."""

import asyncio
from collections.abc import Callable

import msgspec

from . import protocol as p
from .conversation import Entry, new_entry
from .errors import ClientError
from .protocol import Json
from .response import Plan, Response, Stage
from .session import check_tool_choice, with_output
from .tasks import Tasks
from .transcription import Transcriber


class Responses:
    """`config` gives the session's configuration in force, `check_voice(config, param)` refuses what it may not say.

    `on_begin()` and `on_end(unplayed_ms)` may be set: they hear of each response in the conversation.
    """

    def __init__(
        self,
        stage: Stage,
        config: Callable[[], Json],
        transcriber: Transcriber,
        tasks: Tasks,
        check_voice: Callable[[Json, str], None],
    ) -> None:
        self._stage = stage
        self._config = config
        self._transcriber = transcriber
        self._tasks = tasks
        self._check_voice = check_voice
        self._running: dict[str, tuple[Response, asyncio.Task[None]]] = {}
        self.on_begin: Callable[[], None] = lambda: None
        self.on_end: Callable[[float], None] = lambda unplayed_ms: None

    def create(self, params: p.ResponseParams) -> None:
        """Start one; ClientError where another is already writing into the conversation."""
        plan = self._plan(params)
        if plan.in_conversation and (active := self.active):
            message = f"Conversation already has an active response in progress: {active.id}. Wait for its end."
            raise ClientError(message, "conversation_already_has_active_response")
        response = Response(self._stage, plan, self._forget)
        response.start()
        if plan.in_conversation:
            self.on_begin()
        self._running[response.id] = response, self._tasks.spawn(response.run(self._transcriber.running))

    @property
    def active(self) -> Response | None:
        """The response that writes into the conversation: there is one at most."""
        return next((response for response, _ in self._running.values() if response.plan.in_conversation), None)

    def cancel(self, response_id: str | None) -> None:
        """The client cancels that response, or the active one."""
        response = self._running[response_id][0] if response_id in self._running else None
        found = response if response_id else self.active
        if found is None:
            raise ClientError("Cancellation failed: no active response found", "response_cancel_not_active")
        self._stop(found, "client_cancelled")

    def interrupt(self) -> None:
        """The user speaks: end the active response, if there is one, at once."""
        if self.active is not None:
            self._stop(self.active, "turn_detected")

    async def answer(self, entry: Entry, heard: asyncio.Task[None], is_wanted: Callable[[], bool]) -> None:
        """Respond to a spoken item once it is `heard`, unless a response that the client asked for does so.

        A response that was not interrupted is waited for.
        """
        await asyncio.wait([heard])
        active = self.active
        if active is not None and entry not in active.plan.context:
            await asyncio.wait([self._running[active.id][1]])
            active = self.active
        if active is None and is_wanted():
            self.create(p.ResponseParams())

    def _stop(self, response: Response, reason: str) -> None:
        _, task = self._running[response.id]
        response.stop(reason)
        task.cancel()

    def _forget(self, response: Response) -> None:
        self._running.pop(response.id, None)
        if response.plan.in_conversation:
            self.on_end(response.unplayed_ms)

    def _plan(self, params: p.ResponseParams) -> Plan:
        session = self._config()
        overrides: Json = msgspec.to_builtins(params)
        output = with_output(session["audio"]["output"], overrides.get("audio", {}).get("output", {}))
        config: Json = {**session, **overrides, "audio": {**session["audio"], "output": output}}
        check_tool_choice(config, "response.tool_choice")
        self._check_voice(config, "response.audio.output.voice")
        return Plan(
            config=config,
            context=self._context(params),
            in_conversation=params.conversation != "none",
            metadata=params.metadata,
            asked=overrides.get("instructions", ""),
        )

    def _context(self, params: p.ResponseParams) -> tuple[Entry, ...]:
        """The items a response sees: the conversation, or what came with the response."""
        conversation = self._stage.conversation
        if isinstance(params.input, msgspec.UnsetType):
            return tuple(conversation)
        audio_format: str = self._config()["audio"]["input"]["format"]["type"]
        return tuple(
            conversation.get(item.id, "retrieve")
            if isinstance(item, p.ItemReference)
            else new_entry(item, audio_format, f"response.input[{index}]")
            for index, item in enumerate(params.input)
        )

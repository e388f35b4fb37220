"""What the bindings have in common, in no UI framework's words: pacing, diffing, owning sessions, wording.

A binding attaches to a session, shows its states on the host's loop, passes the verbs on, and closes with its visitor.
"""

from __future__ import annotations

from realtime_rx.ui.coalescer import Coalescer, Loop, Mailbox
from realtime_rx.ui.diff import Added, Changed, Edit, Moved, Removed, edits
from realtime_rx.ui.keeper import Keeper, Lease
from realtime_rx.ui.page_sound import (
    NO_SOUND,
    STATIC,
    PageSound,
    PageState,
    listen,
    page_bridges,
    page_sound,
)
from realtime_rx.ui.source import CALLBACKS, Relay, Source, session_factory, takes_options
from realtime_rx.ui.verbs import SessionVerbs
from realtime_rx.ui.wording import (
    MENU_WORDS,
    MICROPHONE_WORDS,
    MUTE_WORDS,
    SPEAKER_WORDS,
    advice,
    event_detail,
    is_empty,
    is_open,
    newer,
    note,
    picture_url,
    pretty,
)

__all__ = [
    "Added",
    "advice",
    "CALLBACKS",
    "Changed",
    "Coalescer",
    "Edit",
    "edits",
    "event_detail",
    "is_empty",
    "is_open",
    "Keeper",
    "Lease",
    "listen",
    "Loop",
    "Mailbox",
    "MENU_WORDS",
    "MICROPHONE_WORDS",
    "Moved",
    "MUTE_WORDS",
    "newer",
    "NO_SOUND",
    "note",
    "page_bridges",
    "page_sound",
    "PageSound",
    "PageState",
    "picture_url",
    "pretty",
    "Relay",
    "Removed",
    "session_factory",
    "SessionVerbs",
    "Source",
    "SPEAKER_WORDS",
    "STATIC",
    "takes_options",
]

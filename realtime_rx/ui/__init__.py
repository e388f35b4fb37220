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
from realtime_rx.ui.slices import SLICES, changed, is_answering, is_connected, is_gone
from realtime_rx.ui.source import CALLBACKS, Relay, Source, session_factory, takes_options
from realtime_rx.ui.tenant import Tenant
from realtime_rx.ui.verbs import SessionVerbs, dial, hang_up_or_dial, say
from realtime_rx.ui.wording import (
    MENU_WORDS,
    MICROPHONE_WORDS,
    MODE_WORDS,
    MUTE_WORDS,
    NAMES,
    SPEAKER_WORDS,
    STATUS_WORDS,
    TOOL_WORDS,
    activity,
    advice,
    brief,
    compact,
    event_detail,
    is_empty,
    is_open,
    newer,
    note,
    outcome,
    picture_url,
    pretty,
    waited,
    words_of,
)

__all__ = [
    "activity",
    "Added",
    "advice",
    "brief",
    "CALLBACKS",
    "Changed",
    "changed",
    "Coalescer",
    "compact",
    "dial",
    "Edit",
    "edits",
    "event_detail",
    "hang_up_or_dial",
    "is_answering",
    "is_connected",
    "is_empty",
    "is_gone",
    "is_open",
    "Keeper",
    "Lease",
    "listen",
    "Loop",
    "Mailbox",
    "MENU_WORDS",
    "MICROPHONE_WORDS",
    "MODE_WORDS",
    "Moved",
    "MUTE_WORDS",
    "NAMES",
    "newer",
    "NO_SOUND",
    "note",
    "outcome",
    "page_bridges",
    "page_sound",
    "PageSound",
    "PageState",
    "picture_url",
    "pretty",
    "Relay",
    "Removed",
    "say",
    "session_factory",
    "SessionVerbs",
    "SLICES",
    "Source",
    "SPEAKER_WORDS",
    "STATIC",
    "STATUS_WORDS",
    "takes_options",
    "Tenant",
    "TOOL_WORDS",
    "waited",
    "words_of",
]

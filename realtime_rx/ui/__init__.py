"""What the bindings have in common, in no UI framework's words: pacing, diffing, owning sessions, wording.

A binding attaches to a session, shows its states on the host's loop, passes the verbs on, and closes with its visitor.
"""

from __future__ import annotations

from realtime_rx.ui.coalescer import Coalescer, Loop, Mailbox, Screen
from realtime_rx.ui.diff import Added, Changed, Edit, Moved, Removed, edits
from realtime_rx.ui.event_lines import EventLines
from realtime_rx.ui.keeper import Keeper, Keepers, Lease
from realtime_rx.ui.onlooker import Listeners, Onlooker, Watch
from realtime_rx.ui.page_sound import NO_SOUND, STATIC, PageSound, PageState, listen, page_bridges, page_sound
from realtime_rx.ui.parts import (
    Look,
    PartView,
    PartViews,
    PictureView,
    ToolView,
    WordsView,
    fit,
    part_look,
    tool_view,
)
from realtime_rx.ui.rows import Row, Rows
from realtime_rx.ui.slices import SLICES, changed, is_answering, is_connected, is_gone, is_thinking
from realtime_rx.ui.source import CALLBACKS, Relay, Source, session_factory, takes_options
from realtime_rx.ui.talk_button import TalkButton
from realtime_rx.ui.tenant import Tenant
from realtime_rx.ui.verbs import SessionVerbs, dial, hang_up_or_dial, say
from realtime_rx.ui.views import MessageView, MessageViews, message_view
from realtime_rx.ui.wording import (
    CONNECT_TO_WRITE,
    MODE_WORDS,
    NAMES,
    STATUS_WORDS,
    TOOL_WORDS,
    WRITE,
    activity,
    advice,
    brief,
    compact,
    complaint,
    connect_words,
    is_empty,
    is_open,
    note,
    outcome,
    picture_url,
    pretty,
    sentence,
    spent,
    summary,
    waited,
    without_pictures,
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
    "complaint",
    "CONNECT_TO_WRITE",
    "connect_words",
    "dial",
    "Edit",
    "edits",
    "EventLines",
    "fit",
    "hang_up_or_dial",
    "is_answering",
    "is_connected",
    "is_empty",
    "is_gone",
    "is_open",
    "is_thinking",
    "Keeper",
    "Keepers",
    "Lease",
    "listen",
    "Listeners",
    "Look",
    "Loop",
    "Mailbox",
    "message_view",
    "MessageView",
    "MessageViews",
    "MODE_WORDS",
    "Moved",
    "NAMES",
    "NO_SOUND",
    "note",
    "Onlooker",
    "outcome",
    "page_bridges",
    "page_sound",
    "PageSound",
    "PageState",
    "part_look",
    "PartView",
    "PartViews",
    "picture_url",
    "PictureView",
    "pretty",
    "Relay",
    "Removed",
    "Row",
    "Rows",
    "say",
    "Screen",
    "sentence",
    "session_factory",
    "SessionVerbs",
    "SLICES",
    "Source",
    "spent",
    "STATIC",
    "STATUS_WORDS",
    "summary",
    "takes_options",
    "TalkButton",
    "Tenant",
    "tool_view",
    "TOOL_WORDS",
    "ToolView",
    "waited",
    "Watch",
    "without_pictures",
    "words_of",
    "WordsView",
    "WRITE",
]

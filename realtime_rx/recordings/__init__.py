"""Recordings: a session's wire, both ways, as JSON lines without secrets."""

from realtime_rx.recordings.lines import Line, Meta, read_lines
from realtime_rx.recordings.recorder import Recording, record
from realtime_rx.scrubbing import Scrubber

__all__ = ["Line", "Meta", "read_lines", "record", "Recording", "Scrubber"]

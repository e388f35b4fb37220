"""The Reflex binding. It is not there yet: this release has the NiceGUI binding."""

raise ImportError("the Reflex binding is not part of this release; realtime_rx_nicegui is")

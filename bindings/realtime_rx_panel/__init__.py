"""The Panel binding. It is not there yet: this release has the NiceGUI binding."""

raise ImportError("the Panel binding is not part of this release; realtime_rx_nicegui is")

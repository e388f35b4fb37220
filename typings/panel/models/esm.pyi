from typing import Any

from bokeh.events import Event

class DataEvent(Event):
    data: Any

from typing import Any, Generic, TypeVarTuple

Ts = TypeVarTuple("Ts")

class EventCallback(Generic[*Ts]): ...

def passthrough_event_spec(*types: Any) -> Any: ...

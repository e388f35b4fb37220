"""What is here runs in environments of the frameworks' own; elsewhere it is not even imported."""

from importlib.util import find_spec

collect_ignore = [f"{name}_binding" for name in ("panel", "reflex") if not find_spec(name)]

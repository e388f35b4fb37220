"""What is here runs in environments of the frameworks' own; elsewhere it is not even imported."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("panel") else ["panel_binding"]

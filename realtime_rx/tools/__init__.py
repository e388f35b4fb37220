"""Tools: Python functions that a model may call.

``@tool`` reads the JSON schema off the signature and the docstring, checks the model's arguments against it before the
function runs, and makes its result JSON. Synchronous functions run in a thread. A generator says how far it got.
"""

from realtime_rx.tools.context import ToolContext
from realtime_rx.tools.declaring import NeedsApproval, Tool, tool
from realtime_rx.tools.results import Result, as_json, limited, result_of
from realtime_rx.tools.toolbox import OnToolCall, Toolbox, check_tools, tool_definitions

__all__ = [
    "as_json",
    "check_tools",
    "limited",
    "NeedsApproval",
    "OnToolCall",
    "Result",
    "result_of",
    "Tool",
    "tool",
    "tool_definitions",
    "Toolbox",
    "ToolContext",
]

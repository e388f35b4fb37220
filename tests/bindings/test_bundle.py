"""The page's modules as one text: realtime_rx.ui.bundle. Browsers run it in the tests of the binding that sends it."""

import json
import re

from realtime_rx.ui.bundle import page_module

NAMED = re.compile(r'(?:from |import |new URL\()"(\.[^"]+)"')


def test_every_file_that_is_named_is_there() -> None:
    """Whatever a module imports, or has the browser load, is in the text under the name that this leads to."""
    text = page_module()
    sources: dict[str, str] = json.loads(text[len("const SOURCES = ") : text.index(";\n")])
    named = {name for source in sources.values() for name in NAMED.findall(source)}
    assert {"./worker.js", "./worklets.js", "../bridge/bridge.js"} <= named
    for folder, name in (
        (path.split("/")[0], name) for path, source in sources.items() for name in NAMED.findall(source)
    ):
        assert (name.removeprefix("../") if name.startswith("../") else name.replace(".", folder, 1)) in sources


def test_nothing_is_left_to_import() -> None:
    """The text imports by no name that a page without an address could not resolve."""
    loader = page_module().split(";\n", 1)[1]
    assert re.findall(r'^import .*|import\("', loader, flags=re.MULTILINE) == []

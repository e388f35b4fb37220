"""Sound as text and back."""

import base64
import binascii
import importlib.util
import sys
from types import ModuleType

import pytest

from realtime_rx import base64s

SOUND = bytes(range(256)) * 3


@pytest.fixture(params=["pybase64", "the standard library"])
def implementation(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module with the fast library, and as it is where that is not installed."""
    if request.param == "pybase64":
        pytest.importorskip("pybase64")
    else:
        monkeypatch.setitem(sys.modules, "pybase64", None)
    spec = importlib.util.find_spec("realtime_rx.base64s")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_sound_is_the_same_after_the_way_there_and_back(implementation: ModuleType) -> None:
    """Base64 of a sound stands for that sound, with the fast library and without it."""
    text = implementation.to_base64(SOUND)
    assert text == base64.b64encode(SOUND).decode()
    assert implementation.from_base64(text) == SOUND


def test_line_ends_are_passed_over(implementation: ModuleType) -> None:
    """Base64 in lines, as mail has it, is read like base64 in one."""
    assert implementation.from_base64(base64.encodebytes(SOUND).decode()) == SOUND


def test_what_is_cut_is_an_error(implementation: ModuleType) -> None:
    """Base64 that lacks its end raises the standard library's error."""
    with pytest.raises(binascii.Error):
        implementation.from_base64("AAA")


def test_the_fast_library_is_taken_where_it_is() -> None:
    """With the extra `fast` installed, decoding is pybase64's."""
    fast = pytest.importorskip("pybase64")
    assert base64s.b64decode is fast.b64decode

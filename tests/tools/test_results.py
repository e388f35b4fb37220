"""What tools return, as a model is told of it."""

import pathlib
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypedDict

import msgspec
import pytest

from realtime_rx.errors import ToolError
from realtime_rx.items import ImagePart
from realtime_rx.policies import ToolLimits
from realtime_rx.tools import Result, as_json, limited, result_of


class Unit(Enum):
    KELVIN = "k"


class Window(TypedDict):
    start: int


class Box(msgspec.Struct):
    size: int


@dataclass
class Place:
    city: str
    country: str = "DE"


RED, BLUE = ImagePart.of(b"red"), ImagePart.of(b"blue", "image/jpeg")


@pytest.mark.parametrize(
    ("value", "output"),
    [
        (None, None),
        ("text", "text"),
        ({"a": (1, 2)}, {"a": [1, 2]}),
        ({1}, [1]),
        (Place("Bonn"), {"city": "Bonn", "country": "DE"}),
        ([Box(2)], [{"size": 2}]),
        (Unit.KELVIN, "k"),
        (Window(start=1), {"start": 1}),
        (pathlib.PurePosixPath("a/b"), "a/b"),
    ],
)
def test_results_become_json(value: Any, output: Any) -> None:
    """What a tool returns is turned into JSON's types."""
    assert result_of(value, "f") == Result(output)


def test_pydantics_models_become_json() -> None:
    """A model of pydantic's is the object that it dumps, wherever it stands."""
    pydantic = pytest.importorskip("pydantic")
    model = pydantic.create_model("Order", number=(int, ...))(number=1)
    assert as_json({"order": model}, "f") == {"order": {"number": 1}}


def test_numpys_numbers_become_json() -> None:
    """Arrays and numbers of numpy's are lists and numbers."""
    numpy = pytest.importorskip("numpy")
    assert as_json([numpy.float32(0.5), numpy.arange(3)], "f") == [0.5, [0, 1, 2]]


endless: list[Any] = []
endless.append(endless)


@pytest.mark.parametrize("value", [object(), {1j}, "\ud800", endless], ids=["object", "set", "surrogate", "endless"])
def test_what_is_no_json_is_refused(value: Any) -> None:
    """A result that is no JSON is a ToolError that names the tool."""
    with pytest.raises(ToolError, match="f returned something that is not JSON"):
        as_json(value, "f")


def test_pictures_stand_beside_the_output() -> None:
    """A picture, alone or in a list, leaves a mark in the output and stands beside it."""
    assert result_of(RED, "f") == Result({"type": "image", "mime_type": "image/png"}, (RED,))
    mixed = result_of(["two", RED, {"a": 1}, BLUE], "f")
    assert mixed.images == (RED, BLUE)
    assert mixed.output[3] == {"type": "image", "mime_type": "image/jpeg"}
    assert (mixed.output[0], mixed.output[2]) == ("two", {"a": 1})


@pytest.mark.parametrize(
    ("value", "told"),
    [("x" * 11, "returned 11 characters"), ([1] * 6, "returned 13 characters"), (RED, "pictures of 3 bytes")],
)
def test_results_have_limits(value: Any, told: str) -> None:
    """A result that is too large is a ToolError that says by how much; what is as large as allowed is none."""
    result = result_of(value, "f")
    assert limited(result, "f", ToolLimits(output_characters=None, image_bytes=None)) is result
    with pytest.raises(ToolError, match=told):
        limited(result, "f", ToolLimits(output_characters=10 if not result.images else 1000, image_bytes=2))
    assert limited(result, "f", ToolLimits(output_characters=50, image_bytes=3)) is result

"""What tools return, as a model can be told of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import Any, cast

import msgspec
from msgspec import Struct

from realtime_rx.errors import ToolError
from realtime_rx.items import ImagePart
from realtime_rx.policies import ToolLimits

__all__ = ["as_json", "limited", "Result", "result_of"]


class Result(Struct, frozen=True):
    """``output`` is made of JSON's types; ``images`` are the pictures that were in it."""

    output: Any = None
    images: tuple[ImagePart, ...] = ()


def result_of(value: Any, name: str) -> Result:
    """What a tool returned: JSON, a picture, or a list with pictures in it, whose places say that they were there.

    Dataclasses, msgspec's structs, pydantic's models and numpy's numbers become JSON. Raises :class:`ToolError` naming
    what does not.
    """
    if isinstance(value, ImagePart):
        return Result(mark(value), (value,))
    if isinstance(value, list | tuple):
        listed = cast("list[Any]", value)
        images = tuple(each for each in listed if isinstance(each, ImagePart))
        if images:
            return Result(
                as_json([mark(each) if isinstance(each, ImagePart) else each for each in listed], name), images
            )
    return Result(as_json(value, name))


def mark(image: ImagePart) -> dict[str, str]:
    """What stands in the output where a picture was."""
    return {"type": "image", "mime_type": image.mime_type}


def as_json(value: Any, name: str) -> Any:
    """The value in JSON's types. Raises :class:`ToolError` naming what is none of them."""
    try:
        return msgspec.json.decode(msgspec.json.encode(value, enc_hook=plain))
    except (TypeError, ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise ToolError(f"{name} returned something that is not JSON: {error}") from error


def plain(value: Any) -> Any:
    """What other libraries' values are made of. By their methods: none of those libraries is needed here."""
    dump: Callable[..., Any] | None = getattr(value, "model_dump", None)
    if dump is not None:
        return dump(mode="json")
    listed: Callable[[], Any] | None = getattr(value, "tolist", None)
    if listed is not None:
        return listed()
    if isinstance(value, PurePath):
        return str(value)
    raise TypeError(f"a {type(value).__name__}")


def limited(result: Result, name: str, limits: ToolLimits) -> Result:
    """The result, where it is not too large. Raises :class:`ToolError` saying by how much."""
    length = len(result.output) if isinstance(result.output, str) else len(msgspec.json.encode(result.output))
    if limits.output_characters is not None and length > limits.output_characters:
        raise ToolError(f"{name} returned {length} characters, and at most {limits.output_characters} can be taken")
    size = sum(len(image.data or "") * 3 // 4 for image in result.images)
    if limits.image_bytes is not None and size > limits.image_bytes:
        raise ToolError(f"{name} returned pictures of {size} bytes, and at most {limits.image_bytes} can be taken")
    return result

"""Parts of a page that say what they are to those who cannot see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import panel as pn
import param

__all__ = ["Region"]


class Region(pn.Column):
    """A column with an ARIA role and a name, which may change."""

    attributes: Mapping[str, str] = param.Dict(default={})

    _rename: ClassVar[Mapping[str, str | None]] = {**pn.Column._rename, "attributes": "html_attributes"}

    def __init__(self, *objects: Any, role: str, label: str = "", **params: Any) -> None:
        self._role = role
        super().__init__(*objects, attributes=self._named(label), **params)

    def call(self, label: str) -> None:
        """Give it this name."""
        self.attributes = self._named(label)

    def _named(self, label: str) -> dict[str, str]:
        return {"role": self._role, **({"aria-label": label} if label else {})}

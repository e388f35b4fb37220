"""Parts of a page that say what they are to those who cannot see them."""

from __future__ import annotations

from typing import Any

import panel as pn
from bokeh.document import Document

__all__ = ["Region"]


class Region(pn.Column):
    """A column with an ARIA role and a name."""

    def __init__(self, *objects: Any, role: str, label: str = "", **params: Any) -> None:
        self._attributes = {"role": role, **({"aria-label": label} if label else {})}
        super().__init__(*objects, **params)

    def _get_properties(self, doc: Document | None) -> dict[str, Any]:
        return {**super()._get_properties(doc), "html_attributes": self._attributes}

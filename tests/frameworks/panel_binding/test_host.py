"""A visitor's document: realtime_rx_panel.host."""

import panel as pn
from bokeh.document import Document
from bokeh.models import ImportedStyleSheet
from panel.io.state import set_curdoc
from realtime_rx_panel import status_badge, use_realtime
from realtime_rx_panel.host import serve_styles

from .apps import private


def sheets(view: pn.viewable.Viewable, document: Document) -> list[str]:
    return [sheet.url for sheet in view.get_root(document).select({"type": ImportedStyleSheet})]


def test_a_document_of_no_page_has_the_servers_style_sheets() -> None:
    """A document that is made anew for a page's socket sends the browser to this server for every style sheet."""
    document, session = Document(), private()
    with set_curdoc(document):
        rt = use_realtime(session)
        found = sheets(pn.Column(status_badge(rt), rt.chat()), document)
    rt.dispose()
    session.aclose().wait(10)
    assert found
    assert [url for url in found if not url.startswith("static/extensions/panel/")] == []


def test_what_panel_says_of_its_style_sheets_stays() -> None:
    """Where Panel has said where its style sheets are, they are looked for there."""
    document = Document()
    document.template_variables["dist_url"] = "https://elsewhere.example/"
    serve_styles(document)
    assert document.template_variables["dist_url"] == "https://elsewhere.example/"

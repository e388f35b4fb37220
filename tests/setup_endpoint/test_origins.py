"""Whose pages may ask for a token."""

import pytest

from realtime_rx.setup_endpoint.origins import Origins
from realtime_rx.setup_endpoint.requests import SetupRefusedError, SetupRequest

ALLOWED = Origins(["https://shop.example", "http://localhost:3000/"])


def request(method: str = "POST", **headers: str) -> SetupRequest:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return SetupRequest(method=method, headers={"host": "app.example", **named})


def is_welcome(asked: SetupRequest, origins: Origins = ALLOWED) -> bool:
    try:
        origins.check(asked)
    except SetupRefusedError as refusal:
        return (refusal.status, refusal.code) != (403, "origin_not_allowed")
    return True


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://app.example"},
        {"origin": "http://app.example"},
        {"origin": "https://app.example", "host": "app.example:443"},
        {"origin": "http://app.example:8080", "host": "app.example:8080"},
        {"origin": "https://app.example", "sec_fetch_site": "same-origin", "host": "10.0.0.7:8080"},
        {"origin": "http://[::1]:8080", "host": "[::1]:8080"},
        {"origin": "https://shop.example"},
        {"origin": "https://shop.example", "sec_fetch_site": "cross-site"},
        {"origin": "http://localhost:3000", "sec_fetch_site": "same-site"},
    ],
)
def test_own_pages_listed_ones_and_programs_may_ask(headers: dict[str, str]) -> None:
    """A page of the same origin may ask, one of a listed origin, and a program, which has no origin."""
    assert is_welcome(request(**headers))


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "https://evil.example", "sec_fetch_site": "cross-site"},
        {"origin": "https://sub.app.example", "sec_fetch_site": "same-site"},
        {"origin": "https://app.example.evil.example"},
        {"origin": "https://app.example:8443"},
        {"origin": "http://app.example:81", "host": "app.example"},
        {"origin": "null"},
        {"origin": "null", "host": ""},
        {"origin": "garbage", "host": ""},
        {"origin": "https://[app", "host": "[app"},
        {"origin": "https://app.example, https://evil.example"},
        {"origin": "http://shop.example"},
        {"origin": "https://shop.example.evil.example"},
        {"origin": ""},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "none"},
        {"sec_fetch_site": "nonsense"},
    ],
)
def test_pages_of_strangers_may_not(headers: dict[str, str]) -> None:
    """Whatever a browser says comes from elsewhere is refused, however much it looks like us."""
    assert not is_welcome(request(**headers))


def test_a_listed_page_may_read_the_answer() -> None:
    """A listed origin is named in the answer, so that its browser shows it; no other is."""
    assert ALLOWED.headers(request(origin="https://shop.example")) == {
        "Vary": "Origin",
        "Access-Control-Allow-Origin": "https://shop.example",
    }
    for other in ("https://evil.example", "https://app.example", "null"):
        assert ALLOWED.headers(request(origin=other)) == {"Vary": "Origin"}


def test_a_browser_is_told_what_a_listed_page_may_do() -> None:
    """A browser that asks first hears that a listed page may POST JSON and may authorize itself."""
    answer = ALLOWED.preflight(request("OPTIONS", origin="https://shop.example"))
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["Access-Control-Allow-Methods"] == "POST"
    assert answer.headers["Access-Control-Allow-Headers"] == "authorization, content-type"


@pytest.mark.parametrize("origin", ["https://evil.example", "https://app.example", "null", ""])
def test_a_browser_is_told_that_nobody_else_may(origin: str) -> None:
    """A browser that asks for a page that is not listed hears no."""
    with pytest.raises(SetupRefusedError) as caught:
        ALLOWED.preflight(request("OPTIONS", origin=origin))
    assert not any(name.startswith("Access-Control") for name in caught.value.answer().headers)


def test_without_a_list_nobody_from_elsewhere_may_ask() -> None:
    """By default no page of another origin may ask, and none is told that it may."""
    assert not is_welcome(request(origin="https://shop.example"), Origins())
    with pytest.raises(SetupRefusedError):
        Origins().preflight(request("OPTIONS", origin="https://shop.example"))

"""What docstrings say of tools and their parameters."""

from collections.abc import Callable

import pytest

from realtime_rx.tools.docstrings import described


def google(a: int, b: int) -> None:
    """Do.

    Args:
        a: the first
            of two
        b (int): the second

    Returns:
        Nothing.
    """


def numpy(a: int, b: int) -> None:
    """Do.

    Parameters
    ----------
    a : int
        the first
        of two
    b
        the second
    """


def sphinx(a: int, b: int) -> None:
    """Do.

    :param a: the first
      of two
    :param int b: the second
    :returns: nothing
    """


def plain(a: int, b: int) -> None:
    """Do.

    a: the first
      of two
    b (int): the second
    """


@pytest.mark.parametrize("function", [google, numpy, sphinx, plain])
def test_every_docstring_style_is_read(function: Callable[..., None]) -> None:
    """Parameters are described in Google's, NumPy's and Sphinx's styles and by plain lines, on one line each."""
    words = described(function, ("a", "b"))
    assert words.parameters == {"a": "the first of two", "b": "the second"}
    assert words.text == "Do."


def test_the_whole_text_is_the_description() -> None:
    """Every paragraph is part of the description, each on one line, but for what describes parameters."""

    def f(city: str) -> None:
        """Look up
        the weather.

        Use this for: today, tomorrow.
        Note: not for yesterday.

        city: where to look
        """

    words = described(f, ("city",))
    assert words.text == "Look up the weather.\n\nUse this for: today, tomorrow. Note: not for yesterday."
    assert words.parameters == {"city": "where to look"}


def test_a_function_may_say_nothing() -> None:
    """Without a docstring there is no description."""
    assert described(lambda: None, ()).text == ""

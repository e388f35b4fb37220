"""Numbers and sums in words."""

import pytest

from realtime_rx.local.numerals import compute, in_digits, numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("twenty-five", "25"),
        ("one hundred and twenty", "120"),
        ("two thousand and six", "2006"),
        ("three hundred thousand", "300000"),
        ("a hundred", "a 100"),
        ("someone and nobody", "someone and nobody"),
        ("Seven of nine", "7 of 9"),
    ],
)
def test_spelled_numbers_become_digits(text: str, expected: str) -> None:
    """Number words are read as one number where they belong together."""
    assert in_digits(text) == expected


def test_numbers_keep_their_order_and_kind() -> None:
    """Whole numbers are int, others float, in the order of the text."""
    assert numbers("roll two dice with -3.5 and 20 sides") == [2, -3.5, 20]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("what is twelve times eleven", 132),
        ("2 + 3 * 4", 14),
        ("(2 + 3) * 4", 20),
        ("ten minus fifteen", -5),
        ("seven divided by two", 3.5),
        ("3 x 4", 12),
        ("-4 plus 1", -3),
        ("Room 7, and 1 + 1?", 2),
        ("one hundred and twenty plus five", 125),
    ],
)
def test_a_sum_has_its_value(text: str, value: float) -> None:
    """Sums follow the rules of arithmetic."""
    found = compute(text)
    assert found is not None
    assert found[1] == value


LONG = ["-" * 1000, "(" * 1000, "1" * 1000, "1+" * 1000]


@pytest.mark.parametrize("text", ["hello", "I am 21", "2 +", "(((", "2 ** 8", "9-", "a+b", *LONG])
def test_what_is_no_sum_has_none(text: str) -> None:
    """Numbers alone, broken sums and other operators give nothing."""
    assert compute(text) is None


def test_a_division_by_zero_is_the_callers() -> None:
    """Dividing by zero raises, for the caller to find words for it."""
    with pytest.raises(ZeroDivisionError):
        compute("1 / 0")

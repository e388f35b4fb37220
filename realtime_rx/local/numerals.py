"""Numbers and sums in plain English: "twelve times eleven", "one hundred and twenty", "7 + 5 * 2"."""

import ast
import re
from collections.abc import Callable

ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
WORTH = {word: value for value, word in enumerate(f"{ONES} eighteen nineteen".split())} | {
    word: 10 * value for value, word in enumerate(TENS.split(), 2)
}
SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_UNIT = "|".join([*WORTH, *SCALES])
SPELLED = re.compile(rf"\b(?:{_UNIT})(?:[\s-]+(?:and\s+)?(?:{_UNIT}))*\b", re.IGNORECASE)
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?")
SIGNS = {
    r"\bplus\b": "+",
    r"\bminus\b": "-",
    r"\btimes\b|\bmultiplied by\b|(?<=\d)\s*[x\u00d7]\s*(?=\d)": "*",
    r"\bdivided by\b|\bover\b|\u00f7": "/",
}
FORMULA = re.compile(r"[-+*/().\d\s]+")
LONGEST_FORMULA = 100
Number = int | float
OPERATORS: dict[type[ast.operator], Callable[[Number, Number], Number]] = {
    ast.Add: lambda left, right: left + right,
    ast.Sub: lambda left, right: left - right,
    ast.Mult: lambda left, right: left * right,
    ast.Div: lambda left, right: left / right,
}


def in_digits(text: str) -> str:
    """`text` with the numbers that are spelled out in digits."""
    return SPELLED.sub(lambda found: str(_worth(found[0])), text)


def numbers(text: str) -> list[int | float]:
    """Every number in `text`, in order."""
    found = NUMBER.findall(in_digits(text))
    return [float(number) if "." in number else int(number) for number in found]


def compute(text: str) -> tuple[str, float] | None:
    """The sum in `text` as (its formula, its value), or None where there is none; ZeroDivisionError is the caller's."""
    formula = in_digits(text)
    for words, sign in SIGNS.items():
        formula = re.sub(words, f" {sign} ", formula, flags=re.IGNORECASE)
    runs = (run.lstrip(" .+*/)").rstrip(" .-+*/(") for run in FORMULA.findall(formula))
    return next(filter(None, (_computed(" ".join(run.split())) for run in runs)), None)


def _computed(formula: str) -> tuple[str, float] | None:
    if len(formula) > LONGEST_FORMULA:
        return None
    try:
        root = ast.parse(formula, mode="eval").body
        return (formula, _value(root)) if isinstance(root, ast.BinOp) else None
    except (SyntaxError, KeyError):
        return None


def _worth(spelled: str) -> int:
    total = part = 0
    for word in re.findall(r"[a-z]+", spelled.lower()):
        if word == "hundred":
            part = (part or 1) * 100
        elif word in SCALES:
            total, part = total + (part or 1) * SCALES[word], 0
        else:
            part += WORTH.get(word, 0)
    return total + part


def _value(node: ast.expr) -> float:
    match node:
        case ast.Constant(int() | float() as number):
            return number
        case ast.BinOp(left, sign, right):
            return OPERATORS[type(sign)](_value(left), _value(right))
        case ast.UnaryOp(ast.USub(), operand):
            return -_value(operand)
        case _:
            raise KeyError(type(node).__name__)

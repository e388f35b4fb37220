"""The rules of the house that a program can check; CONTRIBUTING.md says them in words."""

import ast
import importlib
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median

import pytest

from realtime_rx.version import __version__

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = ("realtime_rx/", "bindings/")

MODULE_LINES, MODULE_LINES_MEDIAN = 300, 150
FUNCTION_LINES, FUNCTION_LINES_MEDIAN = 50, 8
EXAMPLE_LINES = 60

# path -> the reason why it may be longer than MODULE_LINES
LONG_MODULES: dict[str, str] = {}

# Bindings whose framework is not installed where this runs.
ELSEWHERE = ("bindings/realtime_rx_panel/", "bindings/realtime_rx_reflex/")

# package -> the reason why its `__all__` may leave out what it defines
RETICENT_PACKAGES = {
    "realtime_rx/reducer/__init__.py": "`reduce` is what it offers; the rest are its steps",
}

# In two halves, so that this file passes its own test.
FORBIDDEN = tuple(
    "".join(halves)
    for halves in (
        ("/wo", "rk/"),
        ("../sh", "ared"),
        ("/op", "t/"),
        ("/ro", "ot/"),
        ("/tm", "p/"),
        ("py", "pi.org"),
        ("pythonho", "sted"),
        ("npm", "js"),
        ("deb.deb", "ian.org"),
        ("crates", ".io"),
        ("anaconda", ".org"),
    )
)
# path -> (what it may mention, why)
MENTIONS = {
    ".ci/run": ("../sh" + "ared", "the one place that says where CI keeps the recordings"),
}


@cache
def files(suffix: str = "") -> tuple[str, ...]:
    """The files of the checkout, as git sees them: tracked, or new and not ignored."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("needs a git checkout")
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    names = (name for name in listing.split("\0") if name.endswith(suffix))
    return tuple(sorted(name for name in names if name and (ROOT / name).is_file()))


@cache
def source(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8", errors="ignore")


def lines(path: str) -> int:
    return len(source(path).splitlines())


def library() -> list[str]:
    return [path for path in files(".py") if path.startswith(LIBRARY)]


def functions(path: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(source(path))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def function_lines(path: str) -> Iterator[tuple[int, str]]:
    for function in functions(path):
        yield (function.end_lineno or 0) - function.lineno + 1, f"{path}:{function.lineno} {function.name}"


def is_one_sentence(docstring: str | None) -> bool:
    text = " ".join((docstring or "").split())
    return text.endswith((".", "!", "?")) and not re.search(r"[.!?] [A-Z]", text)


def module_name(path: str) -> str:
    return path.removeprefix("bindings/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def definitions(path: str) -> set[str]:
    """The public names that a module defines itself."""
    names: set[str] = set()
    for node in ast.parse(source(path)).body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
            case _:
                pass
    return {name for name in names if not name.startswith("_")}


def reexports(path: str) -> set[str]:
    """The public names that a module takes from the library's modules without using them itself."""
    tree = ast.parse(source(path))
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.level or str(node.module).startswith("realtime_rx"))
        for alias in node.names
        if (alias.asname or alias.name) not in used and not alias.name.startswith("_")
    }


def is_sorted(names: list[str]) -> bool:
    return len(set(names)) == len(names) and names == sorted(names, key=str.casefold)


def declared_all(path: str) -> list[str] | None:
    for node in ast.parse(source(path)).body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List() | ast.Tuple()):
                return [str(name) for name in ast.literal_eval(node.value)]
            case _:
                pass
    return None


def test_modules_stay_short() -> None:
    """No Python file is longer than 300 lines, unless a reason is given here."""
    long = {path: lines(path) for path in files(".py") if lines(path) > MODULE_LINES}
    assert {path: n for path, n in long.items() if path not in LONG_MODULES} == {}
    assert LONG_MODULES.keys() - long.keys() == set(), "these became short: drop the exception"


def test_the_usual_module_is_short() -> None:
    """Half of the library's modules have at most 150 lines."""
    assert median(map(lines, library())) <= MODULE_LINES_MEDIAN


def test_examples_fit_on_a_screen() -> None:
    """No example is longer than 60 lines."""
    examples = [path for path in files(".py") if path.startswith("examples/")]
    assert [f"{path}: {lines(path)}" for path in examples if lines(path) > EXAMPLE_LINES] == []


def test_functions_stay_short() -> None:
    """No function of the library is longer than 50 lines."""
    lengths = [length for path in library() for length in function_lines(path)]
    assert [f"{where}: {length}" for length, where in lengths if length > FUNCTION_LINES] == []


def test_the_usual_function_is_short() -> None:
    """Half of the library's functions have at most 8 lines."""
    assert median(length for path in library() for length, _ in function_lines(path)) <= FUNCTION_LINES_MEDIAN


def test_every_test_states_its_fact() -> None:
    """Every test has a docstring of exactly one sentence."""
    tests = [(path, f) for path in files(".py") if path.startswith("tests/") for f in functions(path)]
    silent = [
        f"{path}:{f.lineno} {f.name}"
        for path, f in tests
        if f.name.startswith("test_") and not is_one_sentence(ast.get_docstring(f))
    ]
    assert silent == []


@pytest.mark.parametrize("text", FORBIDDEN)
def test_nothing_ties_the_project_to_one_machine(text: str) -> None:
    """No file mentions a package registry's host or a path of the machine it was written on."""
    allowed = {path for path, (mention, _reason) in MENTIONS.items() if mention == text}
    assert [path for path in files() if text in source(path) and path not in allowed] == []


def test_public_names_are_sorted() -> None:
    """Every `__all__` of the library is sorted without regard to case, without repetition."""
    declared = {path: names for path in library() if (names := declared_all(path)) is not None}
    assert {path: names for path, names in declared.items() if not is_sorted(names)} == {}


def test_public_names_are_complete() -> None:
    """The `__all__` of every package names all that the package defines or passes on."""
    packages = [path for path in library() if path.endswith("/__init__.py") and path not in RETICENT_PACKAGES]
    missing = {path: (definitions(path) | reexports(path)) - set(declared_all(path) or ()) for path in packages}
    assert {path: names for path, names in missing.items() if names} == {}


def test_public_names_can_be_imported() -> None:
    """Every name in an `__all__` of the library is there, as far as its framework is installed."""
    for path in library():
        if path.startswith(ELSEWHERE):
            continue
        if names := declared_all(path):
            module = importlib.import_module(module_name(path))
            assert [name for name in names if not hasattr(module, name)] == []


def test_the_changelog_starts_with_this_version() -> None:
    """The first version in the changelog is the version of the library."""
    assert re.findall(r"^## \[?([0-9][^\]\s]*)", source("CHANGELOG.md"), flags=re.MULTILINE)[0] == __version__


@pytest.mark.parametrize("path", ["README.md", "CONTRIBUTING.md", ".ci/run", ".github/workflows/ci.yml"])
def test_mentioned_commands_exist(path: str) -> None:
    """Every `make` command that a reader or CI is told to run is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z]+):", source("Makefile"), flags=re.MULTILINE))
    commands = re.findall(r"(?:`|^\s*(?:- run: )?(?:\$ )?)make ([a-z A-Z=0-9_-]+)", source(path), flags=re.MULTILINE)
    mentioned = {word for command in commands for word in command.split() if word.isalpha() and word.islower()}
    assert mentioned
    assert mentioned - targets == set()


def test_what_plays_sound_runs_in_real_time() -> None:
    """Every file that the tests' workers treat differently exists, and those with a sound server are among them."""
    pytest.importorskip("xdist")
    lanes = importlib.import_module("tests.support.lanes")
    assert {*lanes.IN_REAL_TIME, *lanes.LONG} <= set(files(".py"))
    playing = {path for path in files(".py") if re.search(r"^pytestmark\b.*\.pulse\b", source(path), re.MULTILINE)}
    assert playing
    assert playing <= set(lanes.IN_REAL_TIME)

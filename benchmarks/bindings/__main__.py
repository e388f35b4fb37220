"""`python -m benchmarks.bindings`: what a page of each binding costs its server and its browser.

A page has 200 older messages, and a reply grows on it by 100 deltas a second; then one is spoken, whose sound must not
come by the socket of the UI. Server, provider and Chromium are processes of their own on this machine; each framework
is in its own environment. `--readme` writes the table that was measured last into the README. Linux only.
"""

import argparse
import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.bindings.measuring import visited
from benchmarks.bindings.serving import FRAMEWORKS
from benchmarks.bindings.tables import Measured, figures, problems, table
from benchmarks.environments import tell
from benchmarks.reports import RESULTS, Report, keep, machine, versions
from benchmarks.tables import render

README = Path(__file__).resolve().parents[2] / "README.md"
START, END = "<!-- bindings -->\n", "<!-- end of bindings -->"
SPOKEN_S = 5.0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bindings", description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0, help="for which a reply grows (default 30)")
    parser.add_argument("--visitors", type=int, nargs="+", default=[1, 4], help="at once (default 1 4)")
    parser.add_argument("--only", choices=FRAMEWORKS, nargs="+", default=FRAMEWORKS, help="these frameworks")
    parser.add_argument("--readme", action="store_true", help="measure nothing: write what is kept into the README")
    return parser.parse_args()


async def measure(framework: str, visitors: int, seconds: float) -> Measured:
    tell(f"-> {framework}, {visitors} visitors")
    async with visited(framework, visitors) as visit:
        return Measured(framework, await visit.write(seconds), await visit.speak(SPOKEN_S))


def report(measured: list[Measured]) -> Report:
    return Report(
        section="bindings",
        tables=(table(measured),),
        figures=figures(measured),
        rounds=[asdict(each) for each in measured],
        problems=problems(measured),
        versions=versions("nicegui", "playwright"),
    )


def write_readme() -> None:
    kept: dict[str, Any] = json.loads((RESULTS / "bindings.json").read_text("utf-8"))
    text = README.read_text("utf-8")
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    README.write_text(f"{before}{START}{block(kept)}\n{END}{after}", "utf-8")


def block(kept: dict[str, Any]) -> str:
    """The table as it is kept, and where and when that was."""
    (shown,) = kept["tables"]
    its = kept["machine"]
    where = f"Measured on {its['cpus']} processors {its['processor']}, {its['system']}, {its['taken'][:10]}."
    rows = [tuple(cells) for cells in shown["rows"]]
    return "\n\n".join((render(tuple(shown["header"]), rows), *shown["notes"], where))


def main() -> None:
    arguments = parse_arguments()
    if arguments.readme:
        write_readme()
        return
    began = machine()
    measured = [
        asyncio.run(measure(framework, visitors, arguments.seconds))
        for framework in arguments.only
        for visitors in arguments.visitors
    ]
    made = report(measured)
    print(f"\n{made.tables[0]}\n")
    for problem in made.problems:
        tell(problem)
    tell(f"-> All figures in {keep(made, began)}")


if __name__ == "__main__":
    main()

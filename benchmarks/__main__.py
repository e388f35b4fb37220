"""Measure sections, print their tables, keep every round as JSON. Peers are installed when first needed."""

import argparse
import time
from collections.abc import Sequence

from benchmarks.environments import tell
from benchmarks.reports import Options, Report, keep, machine
from benchmarks.sections import SECTIONS, Section, SectionError, run


def parse_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__, epilog=listed())
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    names = [section.name for section in SECTIONS]
    parser.add_argument("sections", nargs="*", metavar="SECTION", help="by default those that are quick")
    parser.add_argument("--bench", action="store_true", help="what `make bench` measures: the sockets, too")
    parser.add_argument("--all", action="store_true", help="every section")
    parser.add_argument("--rounds", type=int, default=5, help="runs of every peer (default 5)")
    parser.add_argument("--only", action="append", default=[], help="peers with this in their name; may be repeated")
    parser.add_argument("--brief", action="store_true", help="only see that it works: one round, little data")
    parsed = parser.parse_args(arguments)
    unknown = sorted(set(parsed.sections) - set(names))
    if unknown:
        parser.error(f"there is no section {unknown[0]!r}; there are: {', '.join(names)}")
    return parsed


def listed() -> str:
    lines = [f"  {section.name:9} {section.about} ({section.when})" for section in SECTIONS]
    return "\n".join(("sections:", *lines))


def chosen(arguments: argparse.Namespace) -> list[Section]:
    if arguments.sections:
        return [section for section in SECTIONS if section.name in arguments.sections]
    when = {"default"} | ({"bench"} if arguments.bench else set()) | ({"bench", "all"} if arguments.all else set())
    return [section for section in SECTIONS if section.when in when]


def measure(section: Section, options: Options) -> None:
    began, start = machine(), time.monotonic()
    tell(f"=> {section.name}: {section.about}")
    try:
        report = run(section, options)
    except SectionError as error:
        print(f"\n## {section.name}\n\nnot measured: {error}\n", flush=True)
        return
    if report is not None:
        show(report)
        if not options.brief and not options.only:
            tell(f"-> All rounds in {keep(report, began)}")
    tell(f"=> {section.name} took {time.monotonic() - start:.0f} s")


def show(report: Report) -> None:
    print(
        "\n\n".join((f"\n## {report.section}", *(str(table) for table in report.tables if table.rows))),
        end="\n\n",
        flush=True,
    )
    for problem in report.problems:
        tell(problem)


def main() -> None:
    arguments = parse_arguments()
    options = Options(
        rounds=1 if arguments.brief else arguments.rounds, brief=arguments.brief, only=tuple(arguments.only)
    )
    for section in chosen(arguments):
        measure(section, options)


if __name__ == "__main__":
    main()

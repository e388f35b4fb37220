"""This library without the package of its extra `fast`, by the standard library's base64. The modes are as in ours.py."""

import sys


def main() -> None:
    sys.modules["pybase64"] = None  # type: ignore[assignment]  # an import of it fails, as if it were not there
    from benchmarks.peers import harness, ours

    harness.main(ours.MODES, "realtime-rx")


if __name__ == "__main__":
    main()

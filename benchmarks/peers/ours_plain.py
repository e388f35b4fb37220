"""This library without its extra `fast`: base64 by the standard library. The modes are those of ours.py."""

import sys


def main() -> None:
    sys.modules["pybase64"] = None  # type: ignore[assignment]  # an import of it fails, as if it were not there
    from benchmarks.peers import harness, ours

    harness.main(ours.MODES, "realtime-rx")


if __name__ == "__main__":
    main()

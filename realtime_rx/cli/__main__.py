"""``python -m realtime_rx.cli``."""

from realtime_rx.cli import main

main()

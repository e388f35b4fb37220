"""Speed of the library beside its peers: `python -m benchmarks`. Not a test: no time is ever asserted."""

"""The pages that are measured, one for each framework, and what their processes tell of themselves.

Each runs in the environment of its framework, so nothing is imported here that is not everywhere.
"""

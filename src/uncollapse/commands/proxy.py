"""Estimate whether a verifier is good enough to train on what it keeps: p_*, go or no-go, from a table."""

from uncollapse.proxy.command import run


def main(given: list[str] | None = None) -> int:
    """Say whether it is, also by the exit status, or in one line what is wrong."""
    return run(given)

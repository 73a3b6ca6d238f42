"""Estimate whether a verifier is good enough to train on what it keeps: p_*, go or no-go, from a table."""

from uncollapse.proxy.command import run


def main(given: list[str] | None = None) -> None:
    """Say whether it is, or in one line what is wrong."""
    run(given)

"""Audit a verifier by hand: draw a sheet to label, read it back, and decide: GO, NO-GO or how many more labels."""


def main(given: list[str] | None = None) -> int:
    """Draw or read; the exit status of read is the decision's."""
    from uncollapse.audits.command import run

    return run(given)

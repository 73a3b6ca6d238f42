"""Export selected candidates as a training file (chat, completions or preference pairs) with a data set card."""


def main(given: list[str] | None = None) -> None:
    """Export, or say in one line what is wrong."""
    from uncollapse.exports.command import run

    run(given)

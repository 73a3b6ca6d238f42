"""Select candidates to train on: the first, shortest or best of a prompt, the top; always with a random twin."""


def main(given: list[str] | None = None) -> None:
    """Select, or say in one line what is wrong."""
    from uncollapse.row_selection.command import run

    run(given)

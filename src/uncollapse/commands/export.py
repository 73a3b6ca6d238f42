"""Export candidates as a training file with a card, or a language model as a folder in the format of transformers."""

import sys

MODEL = ".safetensors"  # ending of a model's file


def main(given: list[str] | None = None) -> None:
    """Export what the arguments name, or say in one line what is wrong."""
    words = sys.argv[1:] if given is None else given
    if any(word.endswith(MODEL) and not word.startswith("-") for word in words):
        from uncollapse.exports.model_command import run
    else:
        from uncollapse.exports.command import run
    run(words)

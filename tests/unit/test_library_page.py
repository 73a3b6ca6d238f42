"""The calls of docs/library.md give what the page says."""

import doctest
from pathlib import Path

import tiny_models

from faulty_server import FaultyServer

PAGE = Path(__file__).parents[2] / "docs" / "library.md"


def test_every_call_of_the_page_gives_what_it_says():
    tokenizer = tiny_models.tokenizer()
    model = tiny_models.model(vocabulary=len(tokenizer), context=64, spread=0.3)
    with FaultyServer().running() as server:
        names = {"model": model, "tokenizer": tokenizer, "url": server.url}
        outcome = doctest.testfile(
            str(PAGE), module_relative=False, globs=names, optionflags=doctest.ELLIPSIS, encoding="utf-8"
        )
    assert outcome.failed == 0
    assert outcome.attempted >= 30

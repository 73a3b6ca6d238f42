"""Docstrings begin with their subject: a noun phrase, a verb that says what is done, or "Whether ..."."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import uncollapse

SOURCE = Path(uncollapse.__file__).parent
# pronouns, question words, prepositions and conjunctions: what they lean on is not in the sentence
LEANING = {
    "After", "And", "As", "At", "Before", "Beside", "Both", "But", "By", "Can", "Do", "Does", "For", "From", "Has",
    "Here", "How", "If", "In", "Is", "It", "Its", "Never", "Not", "Of", "On", "Only", "Our", "Over", "Per", "Since",
    "So", "Such", "Than", "That", "Their", "There", "These", "They", "This", "Those", "Till", "To", "Until", "We",
    "What", "When", "Where", "Which", "While", "Who", "Whom", "Whose", "Why", "With", "Within", "Without",
}  # fmt: skip
OF = {"All", "Each"}  # "All of them", "Each of these": what is spoken of stands elsewhere


def leans(docstring: str) -> bool:
    """Whether a docstring's first words are none of its own; "How many ..." counts something, and is a subject."""
    first, second, *_ = [*re.findall(r"[\w'-]+", docstring)[:2], "", ""]
    return (first in LEANING and (first, second) != ("How", "many")) or (first in OF and second == "of")


def docstrings() -> Iterator[tuple[str, str]]:
    """Place and text of every docstring of the source."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            documented = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            if documented and (text := ast.get_docstring(node)):
                yield f"{path.relative_to(SOURCE).as_posix()}:{node.body[0].lineno}", text


@pytest.mark.parametrize("text", ["What it keeps.", "Of these models, grouped.", "Each of them.", "How it came about."])
def test_half_sentences_lean(text: str) -> None:
    assert leans(text)


@pytest.mark.parametrize("text", ["Each quantity (R,).", "Whether it ran.", "How many rows.", "Mean of x.", "Read it."])
def test_subjects_do_not_lean(text: str) -> None:
    assert not leans(text)


def test_docstrings_begin_with_their_subject() -> None:
    assert not [f"{place}: {text.splitlines()[0]}" for place, text in docstrings() if leans(text)]

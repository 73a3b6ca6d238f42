"""Data sets of a sequence experiment in words that say what they hold: names in config mean little to a reader."""

from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from uncollapse.analysis.table import Row

# by the kind of verifier; the oracle's filter goes by its tolerance, and a verifier of the user's own by its name
_FILTERS = {"noisy": "noisy filter", "biased": "biased filter", "perplexity": "perplexity filter"}
_ORACLES = ("tolerance", None)
FILTERS = (
    "A 2% filter keeps the labels that an oracle finds within 2% of the truth, a noisy filter errs at random at fixed "
    "rates, and a biased one is stricter where a prompt is hard; a perplexity filter goes by the generator's own, "
    "which knows no truth."
)


def selection_words(row: Row) -> str:
    """Words for the choice of labels, from select, beams, verifier, verifier_kind and tolerance (each may be null).

    >>> selection_words({"select": "correct", "beams": 1, "verifier_kind": "tolerance", "tolerance": 0.02})
    '2% filter'
    >>> selection_words({"select": "correct", "beams": 5, "verifier": "my_own", "verifier_kind": "my_verifier.py"})
    "filter 'my own', beam 5"
    >>> selection_words({"select": "best", "beams": 25, "verifier_kind": "tolerance"})
    'best of 25'
    """
    select, kind, beams = row["select"], _known(row, "verifier_kind"), _known(row, "beams")
    tolerance, verifier = _known(row, "tolerance"), _known(row, "verifier")
    beam = f", beam {int(beams)}" if beams is not None and beams != 1 else ""
    if select == "correct":
        if kind in _ORACLES and tolerance is not None:
            return f"{round(100 * tolerance, 9):g}% filter{beam}"
        return f"{_FILTERS.get(kind, f'filter {_quoted(verifier or kind)}')}{beam}"
    if select == "best":
        by = "" if kind in _ORACLES else f" by {_quoted(verifier or kind)}"
        return f"best of {'one' if beams is None else int(beams)}{by}"
    if select == "labels":
        return "true labels"
    known = {"all": "all labels", "random": "random labels"}
    return known.get(select, _spaced(select)) + beam


def dataset_words(rows: Iterable[Row]) -> dict[str, str]:
    """Words for each of several data sets; those alike are told apart by verifier, number of examples, or their name.

    Rows have what :func:`selection_words` asks for, with dataset, and rows, the number of examples.

    >>> noisy = {"select": "correct", "beams": 1, "verifier_kind": "noisy", "rows": 80_000}
    >>> dataset_words([noisy | {"dataset": name, "verifier": name} for name in ("poor", "good")])
    {'poor': "noisy filter 'poor'", 'good': "noisy filter 'good'"}
    """
    by_name: dict[str, Row] = {}
    for row in rows:
        by_name.setdefault(row["dataset"], row)
    words = {name: selection_words(row) for name, row in by_name.items()}
    details: tuple[Callable[[Row], str], ...] = (
        lambda row: "" if (verifier := _known(row, "verifier")) is None else f" {_quoted(verifier)}",
        lambda row: "" if (size := _known(row, "rows")) is None else f", {int(size):,} examples",
        lambda row: f" ({_spaced(row['dataset'])})",
    )
    for detail in details:
        more = {name: detail(row) for name, row in by_name.items()}
        different = {text: len({more[name] for name in words if words[name] == text}) for text in words.values()}
        words = {name: text + more[name] if different[text] > 1 else text for name, text in words.items()}
    return words


def _known(row: Row, key: str) -> Any:
    value = row.get(key)
    return None if value is None or pd.isna(value) else value


def _spaced(name: Any) -> str:
    return str(name).replace("_", " ")


def _quoted(name: Any) -> str:
    return f"'{_spaced(name)}'"

"""One sentence for each diagnostic: is the second corpus narrower than the first, by an interval that excludes zero?"""

from dataclasses import dataclass
from functools import partial
from typing import Literal

import pandas as pd

from uncollapse.diagnostics.measurement import difference

Answer = Literal["narrower", "not narrower", "cannot tell"]


@dataclass(frozen=True)
class Verdict:
    """The answer of one diagnostic, and the sentence that gives its numbers."""

    diagnostic: str
    answer: Answer
    sentence: str


def judge(frame: pd.DataFrame, *, first: str, second: str) -> list[Verdict]:
    """Verdicts on ``second`` against ``first`` from the table of measurements; only on what was measured."""
    rows = Rows(frame)
    found: list[Verdict] = []
    less = difference(second, first)

    def add(diagnostic: str, answer: Answer, sentence: str) -> None:
        found.append(Verdict(diagnostic, answer, sentence))

    for kind, about in (("unigrams", "words"), ("bigrams", "word pairs")):
        if rows.has(kind):
            measure = "effective number of buckets"
            ratio = rows.value(kind, measure, second) / rows.value(kind, measure, first)
            add(
                kind,
                rows.answer(kind, measure, less, narrower="below"),
                f"The {about} of {second} spread over {rows.text(kind, measure, second)} equally full buckets, "
                f"those of {first} over {rows.text(kind, measure, first)} ({100 * (ratio - 1):+.1f}%).",
            )
    if rows.has(kind := "top bigrams"):
        measure = "share of the top 40"
        add(
            kind,
            rows.answer(kind, measure, less, narrower="above"),
            f"Its 40 most frequent word pairs are {rows.text(kind, measure, second)} of all pairs of "
            f"{second}; in {first} its own 40 are {rows.text(kind, measure, first)}.",
        )
    for prior in rows.priors(kind := "perplexity"):
        text = partial(rows.text, kind, prior=prior)
        measure, tail = "quantile 0.95 over quantile 0.05", "above the human quantile 0.95"
        low, high = rows.interval(kind, tail, second, prior)
        add(
            kind,
            "narrower" if high < 5 else ("not narrower" if low > 5 else "cannot tell"),
            f"Under {prior}, {text(tail, second)} of the documents of {second} lie above the 95% quantile of {first} "
            f"(5% of {first} do); its 95% quantile is {text(measure, second)} its 5% quantile ({first}: "
            f"{text(measure, first)}); the distributions overlap by {text('overlap', second)}.",
        )
    for prior in rows.priors(kind := "token probabilities"):
        text = partial(rows.text, kind, prior=prior)
        add(
            kind,
            rows.answer(kind, "above 0.99", less, narrower="above", prior=prior),
            f"{prior} is sure (p > 0.99) of {text('above 0.99', second)} of the tokens of {second} and of "
            f"{text('above 0.99', first)} of {first}; below 0.6 lie {text('below 0.6', second)} and "
            f"{text('below 0.6', first)}.",
        )
    for prior in rows.priors(kind := "embeddings"):
        text = partial(rows.text, kind, "coverage", prior=prior)
        add(
            kind,
            rows.answer(kind, "coverage", less, narrower="below", prior=prior),
            f"{second} covers {text(second)} of the neighbourhoods of {first}; as many other documents of {first} "
            f"cover {text(first)}.",
        )
    return found


class Rows:
    """Looks up measurements of a table."""

    def __init__(self, frame: pd.DataFrame) -> None:
        keys = ["diagnostic", "measure", "subject", "prior"]
        self._rows = {tuple(row[key] for key in keys): row for row in frame.to_dict("records")}

    def has(self, diagnostic: str) -> bool:
        """Whether anything of a diagnostic was measured."""
        return any(key[0] == diagnostic for key in self._rows)

    def priors(self, diagnostic: str) -> list[str]:
        """The models that a diagnostic was measured with, in order."""
        return list(dict.fromkeys(key[3] for key in self._rows if key[0] == diagnostic))

    def value(self, diagnostic: str, measure: str, subject: str, prior: str = "") -> float:
        """The estimate."""
        return float(self._rows[diagnostic, measure, subject, prior]["value"])

    def interval(self, diagnostic: str, measure: str, subject: str, prior: str = "") -> tuple[float, float]:
        """Bounds of the interval."""
        row = self._rows[diagnostic, measure, subject, prior]
        return float(row["low"]), float(row["high"])

    def text(self, diagnostic: str, measure: str, subject: str, prior: str = "") -> str:
        """``12.3% [11.0, 13.6]``, with three significant digits or whole numbers."""
        row = self._rows[diagnostic, measure, subject, prior]
        unit = {"%": "%", "times": " times"}.get(row["unit"], "")
        return f"{_number(row['value'])}{unit} [{_number(row['low'])}, {_number(row['high'])}]"

    def answer(
        self, diagnostic: str, measure: str, subject: str, *, narrower: Literal["above", "below"], prior: str = ""
    ) -> Answer:
        """Answer that a difference gives, where narrower means above or below zero."""
        low, high = self.interval(diagnostic, measure, subject, prior)
        if low > 0 or high < 0:
            return "narrower" if (low > 0) == (narrower == "above") else "not narrower"
        return "cannot tell"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"

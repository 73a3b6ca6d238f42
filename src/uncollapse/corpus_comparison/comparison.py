"""Comparison of two corpora, diagnostic by diagnostic: measurements, and sections of one page."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from uncollapse.corpus_comparison import figures as corpus_figures
from uncollapse.corpus_comparison.page import Section
from uncollapse.diagnostics import (
    bigrams,
    copies,
    density_responses,
    neighbourhoods,
    ngrams,
    perplexity,
    token_probabilities,
)
from uncollapse.diagnostics.embedding_map import differ, draw_map
from uncollapse.diagnostics.measurement import Measurement, as_frame
from uncollapse.diagnostics.two_corpora import LEAST, amounts
from uncollapse.errors import DataError
from uncollapse.jobs.progress import Progress
from uncollapse.language.model_files import short_name
from uncollapse.passage_selection import density
from uncollapse.passage_selection.hashed_ngrams import HashedNgrams
from uncollapse.statistics.counted import counted

if TYPE_CHECKING:
    from uncollapse.diagnostics.prior import Prior

TOLD = {
    "unigrams": "Words and word pairs are hashed to 10,000 buckets. The k fullest buckets of each corpus hold a share "
    "of all its n-grams; drawn is how many points more that is than in the first corpus (the line at zero). A line "
    "above zero is a corpus whose text is made of fewer n-grams.",
    "top bigrams": "Occurrences per 1,000 word pairs, with 95% intervals. The pairs were chosen on one half of the "
    "documents and counted on the other; where one does not occur, the interval is that of pairs that stand alone.",
    "perplexity": "Each document's perplexity. The blue band is the middle 90% of the first corpus; a narrower corpus "
    "has a peak inside or left of it, and little to its right.",
    "token probabilities": "How sure the model is of each token. Both ends high is the U of Zhu et al. 2024, Figure 6; "
    "what lies at the right end teaches a model little.",
    "embeddings": "Documents that mean the same are near each other (t-SNE of sentence embeddings: distances between "
    "far groups mean little). The verdict goes by coverage in the full space, not by this picture.",
    "selection": "As the first figure, with the documents of the second corpus that DSIR selects to look like the "
    "first. They are fewer, and all of these measures grow with size, so as many words of the two corpora (part) stand "
    "beside them; verdicts go by the whole corpora alone.",
    "density": "How close each document is to the others of its corpus: the response of a density sketch of 1,000 x "
    "20,000 counters (Zhu et al. 2024, Figure 12).",
}


def _told(progress: Progress, before: int, note: str, done: int) -> None:
    progress.update(before + done, note=note)


def _enough(corpora: dict[str, Sequence[str]]) -> None:
    """Check that there are documents to resample; copies of one are one.

    Raises
    ------
    DataError
        Naming the corpus.
    """
    for name, texts in corpora.items():
        if (distinct := copies.distinct(copies.clusters(texts))) < LEAST:
            raise DataError(
                f"{name}: {counted(len(texts), 'document')}, {distinct} of them distinct; intervals take {LEAST}"
            )


@dataclass
class Comparison:
    """Measurements and sections of the page, diagnostic by diagnostic.

    ``corpora`` are the two, at equal numbers of words, and rest on nothing else. ``parts``, where DSIR could select
    anything, are the selection and parts of the two, all three at equal numbers of words; what grows with the size of
    a corpus is measured of those by itself, under names of their own. Models read ``scored`` documents of each,
    neighbourhoods are of ``embedded``. ``skipped`` is told what these texts do not allow.
    """

    corpora: dict[str, Sequence[str]]
    parts: dict[str, Sequence[str]]
    scored: int
    embedded: int
    seed: int
    skipped: list[str]
    hasher: HashedNgrams = field(default_factory=HashedNgrams)  # may have seen these texts
    rows: list[Measurement] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def selection(self) -> dict[str, Sequence[str]]:
        """Documents that DSIR selects, by their name; none where it selects nothing."""
        return dict(list(self.parts.items())[2:])

    def rng(self, stage: int) -> np.random.Generator:
        """Random numbers of one diagnostic, whichever others run."""
        return np.random.default_rng([self.seed, stage])

    def add(self, title: str, key: str, figure: Any, rows: list[Any], *, rests: str) -> None:
        """One section, with its measurements and what they rest on."""
        self.rows += rows
        self.sections.append(Section(title, f"{TOLD[key]} Measured on {rests}.", figure, as_frame(rows)))

    def frame(self) -> pd.DataFrame:
        """All measurements."""
        return as_frame(self.rows)

    @contextmanager
    def attempt(self, what: str) -> Iterator[None]:
        """A part of the comparison that these texts may not allow; then the page says why it is left out."""
        try:
            yield
        except DataError as error:
            self.skipped.append(f"{what} ({error})")

    def with_selection(
        self, measure: Callable[..., list[Any]], what: str, found: dict[str, Any], texts: dict[str, Any], stage: int
    ) -> list[Any]:
        """Rows of the two corpora, and of the selection against the first; the two are the same without a selection.

        ``what`` is measured in ``found`` of ``texts``.
        """
        first, second, *others = found
        cluster = {name: copies.clusters(each) for name, each in texts.items()}
        rows = measure({first: found[first], second: found[second]}, rng=self.rng(stage), cluster=cluster)
        for other in others:
            with self.attempt(f"{what} of {other}"):
                own = {first: found[first], other: found[other]}
                of_other = measure(own, rng=self.rng(stage + 10), cluster=cluster)
                rows += [row for row in of_other if row.subject != first]
        return rows

    def ngrams(self) -> None:
        """Histograms of hashed n-grams, and the most frequent word pairs."""
        rests = amounts(self.corpora)
        counts, rows = self._histograms(self.corpora, stage=1)
        self.add("Words and word pairs", "unigrams", corpus_figures.buckets(counts), rows, rests=rests)
        with self.attempt("the most frequent word pairs"):
            _enough(self.corpora)
            rows, listing = bigrams.measure(self.corpora, rng=self.rng(2))
            self.tables["bigrams"] = listing
            figure = corpus_figures.top_bigrams(listing)
            self.add("The most frequent word pairs", "top bigrams", figure, rows, rests=rests)

    def selected(self) -> None:
        """Words and word pairs of the selection, against as many words of each of the two."""
        counts, rows = self._histograms(self.parts, stage=11)
        with self.attempt("the most frequent word pairs of the DSIR selection"):
            _enough(self.parts)
            rows += bigrams.measure(self.parts, rng=self.rng(12))[0]
        self.add("What DSIR selects", "selection", corpus_figures.buckets(counts), rows, rests=amounts(self.parts))

    def _histograms(self, corpora: dict[str, Sequence[str]], *, stage: int) -> tuple[dict[str, Any], list[Any]]:
        found = {name: ngrams.histograms(texts, hasher=self.hasher) for name, texts in corpora.items()}
        counts = {kind: {name: each[kind].counts for name, each in found.items()} for kind in ngrams.KINDS}
        shown = {kind: each for kind, each in counts.items() if all(one.any() for one in each.values())}
        for kind in counts.keys() - shown.keys():
            without = [name for name, each in counts[kind].items() if not each.any()]
            self.skipped.append(f"{kind} ({', '.join(without)}: none in any document)")
        if not shown:
            raise DataError(f"{', '.join(corpora)}: not a single word of letters or digits; nothing can be compared")
        rows: list[Any] = []
        with self.attempt(f"numbers of {' and '.join(shown)}"):
            _enough(corpora)
            rows = ngrams.measure(found, rng=self.rng(stage))
        return shown, rows

    def priors(self, models: list["Prior"]) -> None:
        """Perplexities of documents and probabilities of tokens, under each model."""
        from uncollapse.diagnostics.prior import LONGEST, token_log_probs  # torch, for those who ask for it

        values: dict[str, dict[str, np.ndarray]] = {}
        rows, scored = [], {}
        chosen = {name: list(texts[: self.scored]) for name, texts in (self.corpora | self.selection).items()}
        progress, done = Progress("read by models", unit="documents"), 0
        progress.start(total=len(models) * sum(map(len, chosen.values())))  # of all, since it tells the time left
        for prior in models:
            log_probs = {}
            for corpus, texts in chosen.items():
                told = partial(_told, progress, done, f"{prior.name} reads {corpus}")
                log_probs[corpus] = token_log_probs(prior, texts, progress=told)
                done += len(texts)
            found = {key: perplexity.document_perplexities(each) for key, each in log_probs.items()}
            with self.attempt(f"perplexities and token probabilities under {prior.name}"):
                measure = partial(perplexity.measure, prior=prior.name)
                rows += self.with_selection(measure, f"perplexities under {prior.name}", found, chosen, 3)
                measure, what = partial(token_probabilities.measure, prior=prior.name), "token probabilities"
                scored[prior.name] = self.with_selection(measure, f"{what} under {prior.name}", log_probs, chosen, 4)
                values[prior.name] = found
        progress.finish()
        rests = f"{amounts(chosen)} (of each document the first {LONGEST} tokens)"
        if values:
            self.add("Perplexity of documents", "perplexity", corpus_figures.perplexities(values), rows, rests=rests)
        for prior_name, found in scored.items():
            measured = {row.subject for row in found}
            shown = [name for name in chosen if name in measured]
            figure = corpus_figures.token_shares(as_frame(found), shown, prior_name)
            self.add("Probability of tokens", "token probabilities", figure, found, rests=rests)

    def embeddings(self, encoder: str) -> None:
        """Coverage in embedding space, a map, and density responses."""
        from uncollapse.language.sentence_embeddings import embed

        found, chosen = {}, {}
        first, second = self.corpora
        for corpus, texts in (self.corpora | self.selection).items():
            # of the first one its other half is the yardstick
            chosen[corpus] = list(texts[: self.embedded * (2 if corpus == first else 1)])
            progress = Progress(f"embed {corpus}", unit="documents")
            progress.start(total=len(chosen[corpus]))
            found[corpus] = embed(chosen[corpus], encoder=encoder, progress=progress.update)
            progress.finish()
        name = short_name(encoder)
        if not differ(found[first]):
            self.skipped.append(
                f"coverage, map and density (all {len(found[first]):,} documents of {first} have one and the same"
                " embedding, so there are no neighbourhoods to cover)"
            )
            return
        rests = amounts(chosen)
        rows: list[Any] = []
        cluster = {corpus: copies.clusters(texts) for corpus, texts in chosen.items()}
        with self.attempt("coverage in embedding space"):
            two = {first: found[first], second: found[second]}
            rows += neighbourhoods.measure(two, prior=name, rng=self.rng(5), cluster=cluster)
        for corpus in self.selection:
            names = dict(zip((first, second, corpus), self.parts, strict=True))
            few = {names[key]: each[: len(found[corpus]) * (2 if key == first else 1)] for key, each in found.items()}
            of_few = {names[key]: copies.numbered(cluster[key][: len(few[names[key]])]) for key in found}
            with self.attempt(f"coverage by {corpus}"):
                rows += neighbourhoods.measure(few, prior=name, rng=self.rng(15), cluster=of_few)
                cloud = min(len(few[names[first]]) // 2, len(few[names[second]]), len(few[corpus]))
                rests += f"; coverage by the selection, and of the parts beside it, on clouds of {cloud:,} documents"
        points = draw_map(found, seed=self.seed)
        self.tables["map"] = points
        figure = corpus_figures.embedding_map(points)
        self.add("What the documents are about", "embeddings", figure, rows, rests=rests)
        with self.attempt("density responses"):
            answers = density.responses(found, seed=self.seed)
            _enough({first: chosen[first], second: chosen[second]})
            measure = partial(density_responses.measure, prior=name)
            rows = self.with_selection(measure, "density responses", answers, chosen, 6)
            figure = corpus_figures.responses(answers)
            self.add("How crowded the documents are", "density", figure, rows, rests=amounts(chosen))

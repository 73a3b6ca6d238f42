"""A corpus edited, and what was edited edited again, for as many generations as there are files to be written."""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from uncollapse.artifacts.parquet import row_count
from uncollapse.editing.corpus import Corpus, Part
from uncollapse.editing.distribution import TokenProbabilities
from uncollapse.editing.documents import Documents
from uncollapse.editing.edit import edit, score
from uncollapse.editing.edits import Generation, as_edits, read_generation, with_untouched_texts
from uncollapse.editing.prior import Prior
from uncollapse.editing.protect import Pieces
from uncollapse.editing.run import Run
from uncollapse.editing.settings import EditSettings
from uncollapse.errors import ConfigError
from uncollapse.jobs.progress import Progress
from uncollapse.language.given_back import GivenBack
from uncollapse.language.text import encode_texts


def edit_generations(
    corpus: Corpus,
    runs: Sequence[Run],
    settings: EditSettings,
    *,
    load: Callable[[], Prior],
    frozen: bool = False,
    always: bool = False,
) -> Prior | None:
    """Write every generation's file that is not there yet; the prior, where it was loaded.

    Parameters
    ----------
    runs : one per generation; all but the first edit what the one before has written.
    load : the prior. It is loaded after the corpus has been checked, and only if something is to be edited.
    frozen : later generations edit only what was eligible in the first.
    always : load the prior even so.

    Raises
    ------
    ConfigError, ArtifactError, DataError
        For a corpus without rows or that cannot be read, an output that is there already, parts of other runs, and
        a prior that cannot be loaded.
    """
    waiting = [run for run in runs if not run.finished()]
    for run in waiting:
        run.check_free()  # before the model is loaded, and again below
    counts = corpus.check() if waiting else None
    if counts is not None:
        if not counts.documents:
            raise ConfigError(f"{corpus.path}: has no rows" + (" with a text" if counts.missing else ""))
        print(f"{corpus.path}: {counts.told}", file=sys.stderr)
    documents = counts.documents if counts is not None else 0
    if not waiting:
        return load() if always else None
    prior = load()
    pieces = Pieces(prior.tokenizer)

    def edited(documents: Documents, **again: Any) -> pa.Table:
        return as_edits(edit(documents, prior, settings, pieces=pieces, **again), prior.tokenizer)

    given_back = GivenBack(prior.tokenizer)

    def first(part: Part) -> pa.Table:
        tokens, prompts = (encode_texts(prior.tokenizer, texts) for texts in (part.texts, part.prompts))
        given_back.add((f"document {number}" for number in part.document_id), part.texts, tokens)
        table = edited(Documents.of_lists(part.document_id, tokens, prompts))
        return with_untouched_texts(table, part.texts)

    def again(number: int, pair: tuple[Generation, Generation]) -> pa.Table:
        eligible = pair[0].eligible if frozen else None
        return edited(pair[1].documents, generation=number, frozen=eligible)

    for number, run in enumerate(runs, start=1):
        if run not in waiting:
            continue
        progress = Progress(f"toedit {run.output.stem}", unit="documents")
        with run.alone():
            if run.finished():  # by a run that was at work on it until now
                continue
            run.check_free()
            if number == 1:
                run.edit(corpus.parts(), first, documents=-(-documents // run.shards), progress=progress)
                given_back.tell("documents")
            else:
                last = runs[number - 2].output
                pairs = zip(read_generation(runs[0].output), read_generation(last), strict=True)
                run.edit(pairs, partial(again, number), documents=row_count(last), progress=progress)
    return prior


def rescored(path: Path, prior: Prior, settings: EditSettings) -> TokenProbabilities:
    """Probabilities of an edited corpus's tokens under the prior, after editing."""
    found = TokenProbabilities(settings.threshold)
    progress = Progress(f"rescore {path.stem}", unit="documents")
    progress.start(total=row_count(path))
    done = 0
    for part in read_generation(path):
        found.add(score(part.documents, prior, overlap=settings.overlap))
        done += len(part.documents)
        progress.update(done)
    progress.finish()
    return found

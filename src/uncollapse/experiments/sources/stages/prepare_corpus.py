"""Read a corpus, clean and deduplicate it."""

import sys
import time
from itertools import islice
from pathlib import Path
from typing import Any

from uncollapse.artifacts.corpora import CARD, DOCUMENTS
from uncollapse.artifacts.parquet import ParquetWriter, write_table
from uncollapse.corpora.document import RawDocument
from uncollapse.corpora.packages import PACKAGE_OF, package_named
from uncollapse.corpora.prepare import Account
from uncollapse.corpora.prepare import prepare as clean
from uncollapse.corpora.read import read_corpus
from uncollapse.corpora.settings import CorpusSettings
from uncollapse.errors import DataError
from uncollapse.jobs.stage import Stage


def run(stage: Stage) -> None:
    """Inputs package, files or folder (a hub id has none); outputs corpus, card. Spec: corpus, settings."""
    name, settings = stage.spec["corpus"], CorpusSettings(**stage.spec["settings"])
    paths = stage.inputs.get("package") or stage.inputs.get("files") or []
    account, rows, spoken = Account(), 0, time.monotonic()

    def group(documents: list[RawDocument], first: int) -> dict[str, list]:
        columns = {key: [getattr(d, key) for d in documents] for key in ("source", "title", "lead", "text")}
        return {"document_id": list(range(first, first + len(documents))), **columns}

    with ParquetWriter(stage.output("corpus"), DOCUMENTS) as writer:
        documents = clean(islice(read_corpus(settings, paths), settings.limit), settings.cleaning, account)
        while several := list(islice(documents, 1024)):  # documents can be long
            writer.write(group(several, rows))
            rows += len(several)
            if time.monotonic() - spoken > 5:  # how many there are is not known before they are read
                spoken = time.monotonic()
                print(f"{name}: {account.read[0]:,} documents read, {account.kept[0]:,} kept", file=sys.stderr)
        if not rows:
            dropped = ", ".join(f"{count:,} {reason}" for reason, (count, _) in account.dropped.items())
            raise DataError(
                f"{name}: none of {account.read[0]:,} documents is kept ({dropped or 'there are none'});"
                f" see corpora.{name} in config"
            )
        dropped = {reason: documents for reason, (documents, _) in account.dropped.items()}
        writer.count(rows_in=account.read[0], kept=account.kept[0], dropped=dropped)
    write_table(stage.output("card"), card_columns(name, settings, account), CARD)


def card_columns(corpus: str, settings: CorpusSettings, account: Account) -> dict[str, list[Any]]:
    """Columns of CARD: where a corpus comes from, under which licence, and what each step of cleaning left."""
    step, documents, words = map(list, zip(*account.steps(), strict=True))
    origin = zip(("origin", "package", "version", "licence"), _origin(settings), strict=True)
    return {
        "corpus": [corpus] * len(step),
        "step": step,
        "documents": documents,
        "words": words,
        **{name: [value] * len(step) for name, value in origin},
    }


def _origin(settings: CorpusSettings) -> tuple[str, str, str, str]:
    if settings.source is not None:
        package = package_named(PACKAGE_OF[settings.source])
        return package.registry, package.project, package.version, package.licence
    if settings.hub is not None:
        version = ", ".join(filter(None, [settings.config, settings.revision]))
        return "hub", settings.hub, version, settings.licence
    return "files", ", ".join(Path(name).name for name in settings.files or ()), "", settings.licence

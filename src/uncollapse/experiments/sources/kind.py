"""Files that experiments of any kind may name: packages of registries, corpora, pretrained language models."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from uncollapse.artifacts.base_models import BASE_MODEL_FILES
from uncollapse.artifacts.corpora import CARD_FILES, CORPUS_FILES, PACKAGE_FILES
from uncollapse.corpora.packages import PACKAGE_OF, package_named, package_of_file
from uncollapse.experiments.kind import Job, Kind, Reads
from uncollapse.settings.folder import files_in

KIND = Kind("sources", block=lambda settings: settings)


@KIND.stage(package=PACKAGE_FILES, local=True, fixed=True)
def fetch_package(settings: Any, *, file: str) -> Job:
    """One pinned file of a registry. Its code is no part of the job: a checksum says all about the content."""
    package = asdict(package_of_file(file))
    return Job(values={key: package[key] for key in ("name", "file", "sha256")})


@KIND.stage(corpus=CORPUS_FILES, card=CARD_FILES, minutes=120)
def prepare_corpus(settings: Any, *, corpus: str) -> Job:
    """A corpus read from a package, local files or the hub, cleaned and deduplicated, with its card."""
    chosen = settings.corpora[corpus]
    reads: Reads = {"files": list(chosen.files)} if chosen.files else {}
    if chosen.hub is not None and Path(chosen.hub).is_dir():
        reads = {"folder": list(files_in(chosen.hub))}
    if chosen.source is not None:
        reads = {"package": PACKAGE_FILES(file=package_named(PACKAGE_OF[chosen.source]).file)}
    return Job(
        reads=reads,
        config={"settings": f"corpora.{corpus}"},
        values={"corpus": corpus},
        plugins=[f"uncollapse.corpora.sources.{chosen.source}"] if chosen.source else [],
    )


@KIND.stage(model=BASE_MODEL_FILES, memory=8000, minutes=120)
def import_model(settings: Any, *, base_model: str) -> Job:
    """A language model of a package, folder, file or hub, or one with random weights, as one file of ours."""
    chosen = settings.base_models[base_model]
    reads: Reads = {}
    if chosen.package is not None:
        reads = {"package": PACKAGE_FILES(file=package_named(chosen.package).file)}
    elif chosen.folder is not None:
        reads = {"files": list(files_in(chosen.folder))}
    elif chosen.file is not None:
        reads = {"files": [chosen.file]}
    elif chosen.random is not None and chosen.random.tokenizer_corpus is not None:
        reads = {"corpus": CORPUS_FILES(corpus=chosen.random.tokenizer_corpus)}
    key = f"base_models.{base_model}"  # what errors name
    return Job(reads=reads, config={"settings": key}, values={"key": key})

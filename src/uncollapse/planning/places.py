"""Paths that a config names, checked where a job is planned that reads them: there, and what the job takes them for.

What no job reads may be missing: corpora and base models of a config cost nothing unless an experiment names them.
"""

import os
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from pydantic import BaseModel

from uncollapse.config.texts import blocks_of, texts_of
from uncollapse.corpora.formats import TEXTS, kind_of
from uncollapse.corpora.settings import CorpusSettings
from uncollapse.experiments.rejection_sampling.source_settings import CandidateFileSettings, PromptFileSettings
from uncollapse.experiments.sequence.settings import DownstreamSettings
from uncollapse.language.model_place import no_hub_data, no_hub_id, no_model_folder
from uncollapse.language.settings import BaseModelSettings, HubModel
from uncollapse.passage_selection.settings import ClassifierSettings
from uncollapse.planning.recipe import Recipe
from uncollapse.settings.places import ends_in_none, keys_of, no_file, with_braces

Fault = Callable[[str], str | None]  # words on a path that is not what is asked for


def no_table(path: str) -> str | None:
    """Words on a path that is no file which a table of texts can be read from."""
    return no_file(path) or (None if kind_of(path) else ends_in_none(path, TEXTS))


_FAULTS: dict[tuple[type[BaseModel], str], Fault] = {
    (CorpusSettings, "files"): no_table,
    (CorpusSettings, "hub"): no_hub_data,
    (PromptFileSettings, "train"): no_table,
    (PromptFileSettings, "test"): no_table,
    (CandidateFileSettings, "path"): no_table,
    (BaseModelSettings, "file"): partial(no_file, instead="give it as folder, or name a file in it"),
    (BaseModelSettings, "folder"): no_model_folder,
    (ClassifierSettings, "folder"): no_model_folder,
    (HubModel, "id"): no_hub_id,
}


@dataclass(frozen=True)
class _Named:
    key: str
    path: str
    fault: Fault


class Places:
    """All paths of a config whose use is known."""

    def __init__(self, settings: Any) -> None:
        self._settings = settings

    def faults(self, recipe: Recipe, *, made: Callable[[str], bool] = lambda path: False) -> list[str]:
        """Words on each path that a job reads and that is not what the job takes it for, with its key.

        A file that is not there and has no key of its own, such as one of a folder, is Snakemake's to miss; so is one
        that another rule makes, as ``made`` says of a path.
        """
        found: dict[tuple[str, str], str] = {}  # keys by path and words
        for one in self._read_by(recipe):
            if (words := one.fault(one.path)) and not (made(one.path) and not os.path.exists(one.path)):
                before = found.get((one.path, words))
                found[one.path, words] = f"{before}, {one.key}" if before else one.key
        told = {path for path, _ in found}
        for path in sorted(recipe.outside - told):
            words = with_braces(path) or (no_file(path) if os.path.isdir(path) else None)
            if words is not None:
                found[path, words] = keys_of(path, self._texts)
        return [f"{keys}: {path!r}: {words}" if keys else f"{path!r}: {words}" for (path, words), keys in found.items()]

    @cached_property
    def _texts(self) -> list[tuple[str, str]]:
        return list(texts_of(self._settings))

    @cached_property
    def _named(self) -> list[_Named]:
        return list(_named(self._settings))

    def _read_by(self, recipe: Recipe) -> list[_Named]:
        """Paths that a job reads, or is told as part of its config, in the order of config.

        Looked up, since a corpus may have tens of thousands of files, and a plan as many jobs that read none of them.
        """
        found = {number for path in recipe.outside for number in self._by_path.get(path, ())}
        for each in recipe.keys.values():
            within = f"{recipe.prefix}{each}"
            # what begins with "a." stands before "a/", the next character's
            first, last = (bisect_left(self._by_key, (f"{within}{end}",)) for end in "./")
            found.update(number for _, number in self._by_key[first:last])
        return [self._named[number] for number in sorted(found)]

    @cached_property
    def _by_path(self) -> dict[str, list[int]]:
        """Places in ``_named`` of each path."""
        found = defaultdict(list)
        for number, one in enumerate(self._named):
            found[one.path].append(number)
        return found

    @cached_property
    def _by_key(self) -> list[tuple[str, int]]:
        """Keys with a point behind them, sorted, and their places in ``_named``."""
        return sorted((f"{one.key}.", number) for number, one in enumerate(self._named))


def _named(settings: Any) -> Iterator[_Named]:
    for key, block in blocks_of(settings):
        for (kind, field), fault in _FAULTS.items():
            if isinstance(block, kind) and (value := getattr(block, field)) is not None:
                yield from (_Named(at, path, fault) for at, path in texts_of(value, f"{key}{field}"))
        if isinstance(block, DownstreamSettings) and str(block.initial).endswith(".safetensors"):
            yield _Named(f"{key}initial", str(block.initial), no_file)

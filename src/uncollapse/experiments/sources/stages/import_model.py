"""Bring a language model into one file of ours."""

from pathlib import Path

import torch

from uncollapse.artifacts.corpora import DOCUMENTS
from uncollapse.artifacts.parquet import read_row_groups
from uncollapse.jobs.stage import Stage
from uncollapse.language.artifact import save_language_model
from uncollapse.language.base import from_file, from_folder, from_hub, from_package, from_random
from uncollapse.language.settings import BaseModelSettings


def run(stage: Stage) -> None:
    """Inputs package, or files of a folder or a model, or corpus for a tokenizer; output model. Spec: settings, key."""
    settings, key = BaseModelSettings(**stage.spec["settings"]), stage.spec["key"]
    torch.set_num_threads(stage.threads)
    if settings.package is not None:
        model = from_package(stage.input("package"), settings.package)
    elif settings.hub is not None:
        model = from_hub(settings.hub, key=key)
    elif settings.folder is not None:
        model = from_folder(Path(settings.folder), key=key)
    elif settings.file is not None:
        model = from_file(settings.file, key=key)
    else:
        assert settings.random is not None
        groups = read_row_groups(stage.inputs.get("corpus", []), DOCUMENTS)
        model = from_random(settings.random, (text for group in groups for text in group.column("text").to_pylist()))
    origin = settings.model_dump(mode="json", exclude_none=True, exclude={"dtype"})
    save_language_model(model, stage.output("model"), about={"origin": origin}, dtype=getattr(torch, settings.dtype))

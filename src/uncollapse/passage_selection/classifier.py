"""Scores of a trained classifier, such as that of educational value on the hub (Zhu et al. 2024, Table 13)."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from uncollapse.errors import ConfigError
from uncollapse.language.model_files import NO_HUB
from uncollapse.language.padded_rows import classified
from uncollapse.language.pretrained import CLASSIFIER, load_pretrained, longest_read
from uncollapse.passage_selection.settings import ClassifierSettings

KEY = "select.classifier"  # in config, below the data set


def scores(
    texts: Sequence[str],
    settings: ClassifierSettings,
    *,
    device: torch.device | None = None,
    batch: int = 32,
    longest: int = 512,
) -> Iterator[NDArray[np.float32]]:
    """Scores of a sequence classifier with one output, one array for each batch of documents.

    Parameters
    ----------
    texts : of which the first ``longest`` tokens are read, or as many as the model has positions for; what spells a
        special token is text.
    device : where the model runs; a CPU, if not given.

    Raises
    ------
    ConfigError
        Where the model cannot be loaded, or has more than one output.
    """
    if settings.hub is not None:
        source, where = settings.hub.id, f"{KEY}.hub: {settings.hub.id} at revision {settings.hub.revision}"
        arguments: dict[str, Any] = {"revision": settings.hub.revision}
        remedy = NO_HUB
    else:
        source, where = settings.folder or "", f"{KEY}.folder: {settings.folder}"
        arguments, remedy = {"local_files_only": True}, " Give a folder in the format of transformers"
    model, tokenizer = load_pretrained(CLASSIFIER, source, where=where, remedy=remedy, **arguments)
    model = model.to(device)
    if model.config.num_labels != 1:
        raise ConfigError(f"{where}: has {model.config.num_labels} outputs; a score takes a model with one")
    longest = longest_read(model, tokenizer, longest)
    for start in range(0, len(texts), batch):
        given = list(texts[start : start + batch])
        encoded = tokenizer(given, truncation=True, max_length=longest, split_special_tokens=True)
        yield classified(model, encoded["input_ids"])[:, 0].float().cpu().numpy()

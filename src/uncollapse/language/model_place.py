"""Words on places of models and data sets that cannot be read, told by the names of files before any is opened."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

from uncollapse.language.model_files import ADAPTER, MERGE
from uncollapse.settings.folder import files_in
from uncollapse.settings.places import no_file, no_folder, spelled

_ID = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)?", re.ASCII)
_ID_IS = "an id of the hub is a name, or OWNER/NAME"
_VOCABULARY = re.compile(r"(?i)(tokenizer|vocab|merges|spiece|sentencepiece|tekken).*|.*\.(model|tiktoken)")
_INDEX = "model.safetensors.index.json"
_PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt")
_POINTER = b"version https://git-lfs"  # what git lfs leaves where a file was not fetched
_POINTER_BYTES = 1000


def no_hub_id(name: str) -> str | None:
    """Words on a text that is no id of a model on the hub, or that a folder here has, which would be read in its place.

    >>> no_hub_id("owner/name")
    >>> no_hub_id("./none/of/it")
    'an id of the hub is a name, or OWNER/NAME; give a folder of this machine as folder'
    """
    if os.path.exists(name):
        if _ID.fullmatch(name):
            return f"is a {_kind(name)} here, which would be read in place of the hub's model; give it as {_kind(name)}"
        return f"is a {_kind(name)}; give it as {_kind(name)}"
    if _ID.fullmatch(name):
        return None
    if (words := spelled(name)) is not None:
        return f"{words}; {_ID_IS}"
    return f"{_ID_IS}; give a folder of this machine as folder"


def no_hub_data(name: str) -> str | None:
    """Words on a text that is neither an id of a data set on the hub nor a folder of one.

    >>> no_hub_data("owner/name")
    >>> no_hub_data("./none")
    'there is no such folder, and an id of the hub is a name, or OWNER/NAME; correct it'
    """
    if os.path.exists(name):
        if (words := no_folder(name, instead="give it as files")) is not None:
            return words
        return None if any(True for _ in files_in(name)) else "holds no file; correct the folder"
    if _ID.fullmatch(name):
        return None
    return spelled(name) or f"there is no such folder, and {_ID_IS}; correct it"


def no_model(name: str) -> str | None:
    """Words on a text that is no folder with a model, package file, or id of the hub."""
    if name.endswith(".whl"):
        return no_file(name)
    if os.path.isfile(name):
        return "is a file; give the folder that the model lies in, or a package file (.whl)"
    if os.path.isdir(name):
        return no_model_folder(name)
    return None if _ID.fullmatch(name) else spelled(name) or f"there is no such folder, and {_ID_IS}; correct it"


def no_model_folder(name: str) -> str | None:
    """Words on a path that is no folder with a whole model in the format of transformers, tokenizer included."""
    if (words := no_folder(name, instead="give a model's file as file, or the folder that it lies in")) is not None:
        return words
    folder = Path(name)
    there = {path.name for path in folder.iterdir()}
    if ADAPTER in there:
        return f"holds an adapter ({ADAPTER}), which is no model of its own: {MERGE}"
    if "config.json" not in there:
        inner = [Path(path).parent for path in files_in(name) if Path(path).name == "config.json"]
        inside = f"; {inner[0]} does" if inner else ""
        return f"holds no config.json{inside}; give a folder in the format of transformers"
    return _no_weights(folder, there) or _no_tokenizer(there)


def _no_weights(folder: Path, there: set[str]) -> str | None:
    missing = next((part for part in _parts(folder) if part not in there), None)
    if missing is not None:
        return f"{_INDEX} names {missing}, which is not there; fetch the rest of the model"
    weights = sorted(folder.glob("*.safetensors"))
    if not weights:
        pickles = sorted(path.name for pattern in _PICKLES for path in folder.glob(pattern))
        beside = f", and {pickles[0]} is not read, as it may run code" if pickles else ""
        return f"holds no weights (*.safetensors){beside}; save the model with save_pretrained"
    pointer = next((path for path in weights if _is_pointer(path)), None)
    if pointer is not None:
        return f"{pointer.name} is a pointer of git lfs and no file of weights; fetch it, with git lfs pull"
    return None


def _no_tokenizer(there: set[str]) -> str | None:
    if any(_VOCABULARY.fullmatch(name) for name in there):
        return None
    return "holds no tokenizer (tokenizer.json); save it there, with save_pretrained of the model's tokenizer"


def _parts(folder: Path) -> Iterator[str]:
    """Files of weights that an index names; none without one, or for one that cannot be read, which its reader says."""
    try:
        index = json.loads((folder / _INDEX).read_bytes())
        yield from sorted({str(part) for part in index["weight_map"].values()})
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return


def _is_pointer(path: Path) -> bool:
    try:
        return path.stat().st_size < _POINTER_BYTES and path.read_bytes().startswith(_POINTER)
    except OSError:
        return False


def _kind(name: str) -> str:
    return "folder" if os.path.isdir(name) else "file"

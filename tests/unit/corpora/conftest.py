"""Small archives in the layout of the real packages."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def wheel(tmp_path: Path) -> Callable[..., Path]:
    """A zip archive of texts by name."""

    def make(contents: dict[str, str | bytes], name: str = "package-1.0-py3-none-any.whl") -> Path:
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as file:
            for path, content in contents.items():
                file.writestr(path, content)
        return tmp_path / name

    return make


@pytest.fixture
def tarball(tmp_path: Path) -> Callable[..., Path]:
    """A tar.gz archive whose files lie in one folder."""

    def make(contents: dict[str, str | bytes], name: str = "package-1.0.tar.gz", folder: str = "package-1.0") -> Path:
        with tarfile.open(tmp_path / name, "w:gz") as file:
            for path, content in contents.items():
                raw = content.encode() if isinstance(content, str) else content
                entry = tarfile.TarInfo(f"{folder}/{path}")
                entry.size = len(raw)
                file.addfile(entry, io.BytesIO(raw))
        return tmp_path / name

    return make

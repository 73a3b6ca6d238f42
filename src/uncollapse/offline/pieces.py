"""Large files in pieces, so that a folder can travel where single files have a limit; and whole again.

``NAME`` becomes ``NAME.piece-000``, ``NAME.piece-001``, ... and ``NAME.pieces``, a small JSON file with their number
and the whole file's hash, which is written last before the whole file goes, and removed last when it is back: a kill at
any moment leaves either the whole file or all of its pieces.
"""

import json
import os
from pathlib import Path
from typing import IO

from uncollapse.errors import ArtifactError
from uncollapse.jobs.partial import whole
from uncollapse.jobs.store import content_hash

_BLOCK = 1 << 20


def split_large(folder: Path, *, limit: int) -> list[Path]:
    """Cut every file below ``folder`` of more than ``limit`` bytes; the files that were cut."""
    cut = []
    for path in sorted(file for file in folder.rglob("*") if file.is_file() and file.stat().st_size > limit):
        count = -(-path.stat().st_size // limit)
        with path.open("rb") as source:
            for number in range(count):
                _copy(source, _piece(path, number), limit)
        about = {"pieces": count, "sha256": content_hash(path), "mtime_ns": path.stat().st_mtime_ns}
        with whole(path.with_name(f"{path.name}.pieces")) as description:
            description.write_text(json.dumps(about))
        path.unlink()
        cut.append(path)
    return cut


def join_pieces(folder: Path) -> list[Path]:
    """Put every cut file below ``folder`` together again; the files that are whole again.

    Raises
    ------
    ArtifactError
        Where a piece is missing or is not what it was.
    """
    joined = []
    for description in sorted(folder.rglob("*.pieces")):
        path = description.with_name(description.name.removesuffix(".pieces"))
        about = json.loads(description.read_text())
        pieces = [_piece(path, number) for number in range(about["pieces"])]
        if not path.exists():
            missing = [piece.name for piece in pieces if not piece.is_file()]
            if missing:
                raise ArtifactError(f"{path}: its piece {missing[0]} is missing; bring it, or delete {description}")
            with whole(path) as partial:
                with partial.open("wb") as target:
                    for piece in pieces:
                        target.write(piece.read_bytes())
                if content_hash(partial) != about["sha256"]:
                    raise ArtifactError(f"{path}: its pieces are not what was cut; bring them again, or delete them")
                os.utime(partial, ns=(about["mtime_ns"], about["mtime_ns"]))
        for piece in pieces:
            piece.unlink(missing_ok=True)
        description.unlink()
        joined.append(path)
    return joined


def _piece(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.piece-{number:03d}")


def _copy(source: IO[bytes], target: Path, size: int) -> None:
    with target.open("wb") as file:
        while size and (block := source.read(min(_BLOCK, size))):
            file.write(block)
            size -= len(block)

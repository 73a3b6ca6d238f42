"""QM9 as qm9pack carries it: three CSV files with lists in two of their columns."""

import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from uncollapse.corpora.archives import member
from uncollapse.errors import DataError
from uncollapse.molecules.atoms import Atoms, atoms_of

FILES = tuple(f"qm9pack/data/qm9_part{number}.csv" for number in (1, 2, 3))
# in the pinned package all molecules of up to so many atoms beside hydrogens stand in the first file
_FIRST_HOLDS = 8
_COLUMNS = ("Elements", "XYZ_Ang")
_BLOCK = 8 << 20  # bytes parsed at once
_PUNCTUATION = re.compile(r"[\[\]'\s]")


def molecules(archive: Path, *, heavy_atoms: int) -> Iterator[Atoms]:
    """Molecules of at most so many atoms beside hydrogens, hydrogens included, in the files' order.

    Raises
    ------
    DataError
        For a damaged archive, and a row that is no molecule of known elements; it names file and row (the first after
        the header is row 1).
    """
    for file in FILES[:1] if heavy_atoms <= _FIRST_HOLDS else FILES:
        yield from _of_file(member(archive, file), heavy_atoms=heavy_atoms, name=f"{archive}: {file}")


def _of_file(content: bytes, *, heavy_atoms: int, name: str) -> Iterator[Atoms]:
    done = 0
    try:
        batches = pyarrow.csv.open_csv(
            pa.BufferReader(content),
            read_options=pyarrow.csv.ReadOptions(use_threads=False, block_size=_BLOCK),
            convert_options=pyarrow.csv.ConvertOptions(
                include_columns=list(_COLUMNS), column_types=dict.fromkeys(_COLUMNS, pa.string())
            ),
        )
        for batch in batches:
            elements = batch.column("Elements")
            atoms = pc.add(pc.count_substring(elements, ","), 1)
            heavy = pc.subtract(atoms, pc.count_substring(elements, "'H'"))
            for place in pc.indices_nonzero(pc.less_equal(heavy, heavy_atoms)).to_pylist():
                where = f"{name}, row {done + place + 1}"
                yield _molecule(*(batch.column(column)[place].as_py() for column in _COLUMNS), where=where)
            done += len(batch)
    except (pa.ArrowInvalid, KeyError) as error:
        raise DataError(f"{name}: no CSV file with columns {', '.join(_COLUMNS)} ({error})") from error


def _molecule(elements: str, coordinates: str, *, where: str) -> Atoms:
    """A row, such as "['O','H','H']" and "[[-0.0343,0.9775,0.],[0.0647,0.0205,0.0015],[0.8717,1.3007,0.0006]]"."""
    symbols, numbers = (_PUNCTUATION.sub("", text).split(",") for text in (elements, coordinates))
    try:
        values = [float(number) for number in numbers if number]
    except ValueError as error:
        raise DataError(f"{where}: coordinates are no numbers ({error}); correct or remove it") from None
    return atoms_of([symbol for symbol in symbols if symbol], values, where=where)

"""Looks at a pool besides the sheets that are read: drawn anew, or left out of what is read.

Who draws a second sheet with another seed, or reads one of two sheets, and takes the one that is a GO has two chances
of a false one. Labelled sheets of a pool are found beside those that are read, and a record names those that lay
beside it when it was drawn, or under it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from uncollapse.audits.matching import Sheet
from uncollapse.audits.record import SUFFIX, Draw, read_draw
from uncollapse.audits.sheet import is_sheet, read_sheet
from uncollapse.errors import DataError
from uncollapse.proxy.label_words import RIGHT, WRONG


@dataclass(frozen=True)
class Looks:
    """Looks at a pool that are not read.

    left_out : labelled sheets of draws that go on from one another with those read
    missing : draws that those read went on from, and whose sheets are not given
    anew : draws of the pool, labelled, that do not go on from one another with those read
    beside : sheets of these, where they still lie
    """

    left_out: tuple[Path, ...] = ()
    missing: int = 0
    anew: int = 0
    beside: tuple[Path, ...] = ()


NO_OTHERS = Looks()


def labelled_beside(folder: Path, pool: str) -> dict[Path, Draw]:
    """Sheets of a folder in which a candidate of this pool is called right or wrong, with the draw of each."""
    draws = [draw for path in sorted(folder.glob(f"*{SUFFIX}")) if (draw := _draw_of(path, pool)) is not None]
    found = {}
    for path in sorted(folder.glob("*.csv")) if draws else ():
        if not is_sheet(path):
            continue
        try:
            rows = read_sheet(path)
        except DataError:  # of no labels that can be read
            continue
        keys = {key for key, row in rows.items() if row.label in (RIGHT, WRONG)}
        if (draw := next((one for one in draws if keys & one.rows.keys()), None)) is not None:
            found[path] = draw
    return found


def drawn_anew(found: Iterable[Draw], chain: Sequence[Draw]) -> set[str]:
    """Names of the draws that do not go on from one another with a chain of draws, with those that records name."""
    every = [*found, *chain]
    own = {one.name for one in every if any(_goes_on(one, mine) for mine in chain)}
    return {name for one in every for name in (one.name, *one.redrawn)} - own


def other_looks(sheets: Sequence[Sheet]) -> Looks:
    """Looks at the pool of these sheets besides them, as far as records and their folders know."""
    chain = [sheet.draw for sheet in sheets]
    found: dict[Path, Draw] = {}
    for folder in dict.fromkeys(sheet.path.parent for sheet in sheets):
        found |= labelled_beside(folder, chain[-1].pool)
    names = {one.name for one in chain}
    related = {path for path, draw in found.items() if any(_goes_on(draw, mine) for mine in chain)}
    return Looks(
        left_out=tuple(path for path, draw in found.items() if path in related and draw.name not in names),
        missing=chain[-1].looks - len({one.looks for one in chain}),
        anew=len(drawn_anew(found.values(), chain)),
        beside=tuple(path for path in found if path not in related),
    )


def _goes_on(one: Draw, other: Draw) -> bool:
    """Whether two draws are of one chain: the same, or one drawn as more of the other."""
    return (one.pool, one.seed, one.cut_for) == (other.pool, other.seed, other.cut_for)


def _draw_of(path: Path, pool: str) -> Draw | None:
    try:
        draw = read_draw(path)
    except DataError:
        return None
    return draw if draw.pool == pool else None

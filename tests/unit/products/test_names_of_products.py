from __future__ import annotations

from pathlib import Path

import uncollapse.products.figures as figures
import uncollapse.products.tables as tables


def test_tables_and_figures_have_names_of_their_own() -> None:
    """They are places of one page, by name."""
    names = [{path.stem for path in Path(package.__path__[0]).glob("[!_]*.py")} for package in (figures, tables)]
    assert all(len(each) > 20 for each in names)
    assert not names[0] & names[1]

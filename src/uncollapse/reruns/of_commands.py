"""Files that are no results of the workflow, such as those of text commands: what they say of their own making."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from uncollapse.corpora.formats import kind_of
from uncollapse.generators.candidate_file import ABOUT
from uncollapse.reruns.changes import short
from uncollapse.row_selection.account import account_path


def told_of(path: Path) -> str:
    """Words on a file that no record of the workflow stands beside, as far as the file or its neighbour tells.

    Candidates in Parquet say in their footer how they were sampled, also behind verify and select; a selection has its
    account beside it. Other commands keep a record nowhere.
    """
    found = []
    if sampling := _sampling(path):
        known = ", ".join(f"{name} {short(value)}" for name, value in sorted(sampling.items()))
        found.append(f"its footer says how the candidates in it were sampled: {known}")
    account = account_path(path.with_name(path.name.replace(".random.", ".")))
    if account.is_file() and account != path:
        found.append(f"{account} says what was selected, by which rule and from which table")
    if not found:
        found.append("files of text commands that say more are candidates of sample in Parquet, and those of select")
    return "; ".join(found)


def _sampling(path: Path) -> dict[str, Any]:
    if kind_of(path) != "parquet":
        return {}
    try:
        held = (pq.read_schema(path).metadata or {}).get(ABOUT, b"{}")
        found = json.loads(held)
    except (pa.ArrowException, OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}

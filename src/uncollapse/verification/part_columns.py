"""Columns that verifiers add to a table."""

from collections.abc import Sequence

import pyarrow as pa

from uncollapse.verification.combining import Combining
from uncollapse.verification.named import Named


def columns_of(name: str) -> list[pa.Field]:
    """Columns that a verifier adds."""
    return [
        pa.field(f"{name}.score", pa.float64()),
        pa.field(f"{name}.accepted", pa.bool_()),
        pa.field(f"{name}.reason", pa.string()),
    ]


def schema_of(verifiers: Sequence[Named], rule: Combining | None) -> pa.Schema:
    """All columns that are added: those of each verifier, then the decision where there is one."""
    decision = [pa.field("score", pa.float64()), pa.field("accepted", pa.bool_())]
    single = len(verifiers) == 1 or rule is not None
    return pa.schema([*(one for named in verifiers for one in columns_of(named.name)), *(decision if single else [])])


def part_schema(verifiers: Sequence[Named], rule: Combining | None) -> pa.Schema:
    """Columns on disk until the end: those added, and whether each verifier failed."""
    whether = [pa.field(f"{named.name}.failed", pa.bool_()) for named in verifiers]
    return pa.schema([*schema_of(verifiers, rule), *whether])

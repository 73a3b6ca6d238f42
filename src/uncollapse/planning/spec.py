"""The slice of config that a job depends on, as Snakemake compares it."""

import json
from typing import Any


def spec(**parts: Any) -> str:
    """JSON values and settings by name, as one string with sorted keys.

    >>> spec(seed=1, beams=5)
    '{"beams": 5, "seed": 1}'
    """
    return json.dumps(parts, sort_keys=True, default=lambda part: part.model_dump(mode="json"))

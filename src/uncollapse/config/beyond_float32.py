"""Rates of training with which arithmetic in float32 cannot go on, though their type allows them.

Their types stand in modules whose code is part of what jobs are known by, as those of :mod:`.not_empty`.
"""

from pydantic import BaseModel

from uncollapse.config.texts import blocks_of
from uncollapse.settings.misfit import Misfit

_RATES = ("learning_rate", "muon_learning_rate", "weight_decay")
LARGEST = 1e6  # a step is a rate times factors of the update, and float32 ends at 3.4e38


def check_rates(settings: BaseModel) -> None:
    """Check every such rate in the whole config.

    Raises
    ------
    Misfit
        For the first that is too large, with its key.
    """
    for key, block in blocks_of(settings):
        for field in _RATES:
            rate = getattr(block, field, None)
            if isinstance(rate, float) and rate > LARGEST:
                raise Misfit(f"{key}{field}", f"{rate:g}, with which no step can be computed; lower it")

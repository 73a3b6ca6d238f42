"""Lists of config that must name something, though their type allows none.

Their types stand in modules whose code is part of what jobs are known by: a bound there would compute hours anew for
configs that were always within it.
"""

from pydantic import BaseModel

from uncollapse.config.texts import blocks_of
from uncollapse.language.settings import LoraSettings
from uncollapse.settings.misfit import Misfit
from uncollapse.theory.simulations import finite_sample

NOT_EMPTY = {
    (LoraSettings, "targets"): "no layer gets an adapter; name some layers, or all-linear, or set lora to null",
    (finite_sample.Settings, "verifier_angles"): "no verifier is compared; name an angle, 0 for the best one",
}


def check_not_empty(settings: BaseModel) -> None:
    """Check every such list in the whole config.

    Raises
    ------
    Misfit
        For the first that is empty, with its key.
    """
    for key, block in blocks_of(settings):
        for (kind, field), text in NOT_EMPTY.items():
            if isinstance(block, kind) and not getattr(block, field):
                raise Misfit(f"{key}{field}", text)

"""The block of config of an experiment with dice."""

from typing import Literal

from pydantic import Field

from uncollapse.settings.values import Seeds, Strict


class DiceSettings(Strict):
    """One die, rolled anew for each seed."""

    kind: Literal["dice"] = Field(description="fair dice, rolled and counted")
    sides: int = Field(default=6, ge=2, description="of the die")
    rolls: int = Field(ge=1, description="of each seed")
    seeds: Seeds = Field(description="of the rolls")

"""A decoding in config, without importing torch."""

from pydantic import Field

from uncollapse.settings.values import Strict


class DecodingSettings(Strict):
    """Settings of how answers are written."""

    beams: int = Field(ge=1, description="beam width; 1 is greedy")
    prompts: int | None = Field(
        default=None, ge=1, description="label the first so many prompts of the synthesize split; null labels all"
    )

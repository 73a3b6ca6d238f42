"""A decoding in config, without importing torch."""

from pydantic import BaseModel, ConfigDict, Field


class DecodingSettings(BaseModel):
    """Settings of how answers are written."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    beams: int = Field(ge=1, description="beam width; 1 is greedy")
    prompts: int | None = Field(
        default=None, ge=1, description="label the first so many prompts of the synthesize split; null labels all"
    )

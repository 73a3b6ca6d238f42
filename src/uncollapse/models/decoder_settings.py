"""Sizes of a decoder-only transformer, without importing torch."""

from typing import Literal

from pydantic import Field, model_validator

from uncollapse.settings.values import Strict


class DecoderSettings(Strict):
    """Sizes of a model that reads and writes characters (Lee et al. 2025: d=384, 6 layers, 6 heads, 1,536 inside)."""

    dimension: int = Field(default=128, ge=2, description="width d of embeddings and layers")
    layers: int = Field(default=4, ge=1)
    heads: int = Field(default=4, ge=1, description="attention heads; must divide dimension")
    feed_forward: int | None = Field(
        default=None, ge=1, description="width inside the feed-forward network; null is four times dimension"
    )
    positions: Literal["none", "rotary"] = Field(
        default="none",
        description="none leaves positions out (NoPE), as Lee et al. do; rotary turns queries and keys by theirs",
    )

    @model_validator(mode="after")
    def _sizes_fit(self) -> "DecoderSettings":
        if self.dimension % self.heads:
            raise ValueError(f"heads must divide dimension, got {self.heads} heads for dimension {self.dimension}")
        if self.positions == "rotary" and self.dimension // self.heads % 2:
            raise ValueError(
                "rotary positions turn pairs of numbers: dimension / heads must be even, got"
                f" {self.dimension} / {self.heads}"
            )
        return self

    @property
    def inside(self) -> int:
        """Width inside the feed-forward network."""
        return self.feed_forward or 4 * self.dimension

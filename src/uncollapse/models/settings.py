"""Sizes of a model, without importing torch: config is read and planned in a second."""

from typing import Literal

from pydantic import Field, model_validator

from uncollapse.settings.values import Strict


class ModelSettings(Strict):
    """Sizes of the encoder-decoder transformer (Feng et al. 2024: d=512, 4 + 1 layers, 8 heads)."""

    kind: Literal["encoder_decoder"] = "encoder_decoder"
    dimension: int = Field(default=64, ge=2, description="width d of embeddings and layers")
    encoder_layers: int = Field(default=2, ge=1)
    decoder_layers: int = Field(default=1, ge=1)
    heads: int = Field(default=4, ge=1, description="attention heads; must divide dimension")

    @model_validator(mode="after")
    def _heads_divide_dimension(self) -> "ModelSettings":
        if self.dimension % self.heads:
            raise ValueError(f"heads must divide dimension, got {self.heads} heads for dimension {self.dimension}")
        return self

"""Settings of the diffusion model of molecules, without importing torch."""

from typing import Literal

from pydantic import Field, model_validator

from uncollapse.settings.values import Strict
from uncollapse.training.settings import OptimizerSettings, ScheduleSettings, TrainingSettings


class NetworkSettings(Strict):
    """Sizes of the equivariant network."""

    dimension: int = Field(default=32, ge=1, description="of an atom's state and of messages")
    layers: int = Field(default=3, ge=1)
    gaussians: int = Field(default=8, ge=2, description="of distance, evenly spaced from 0 to reach")
    reach: float = Field(default=5.0, ge=0.01, le=1000, description="in standard deviations of coordinates")


class NoiseSettings(Strict):
    """A noise schedule of diffusers' DDPMScheduler, whose names these are."""

    steps: int = Field(default=100, ge=2, description="of noise")
    schedule: Literal["linear", "squaredcos_cap_v2", "sigmoid"] = Field(
        default="squaredcos_cap_v2", description="of betas; linear from 0.0001 to 0.02 needs some 1,000 steps"
    )
    prediction: Literal["epsilon", "sample", "v_prediction"] = Field(
        default="v_prediction", description="what the network is trained to tell: the noise, the molecule, or v"
    )
    sampling_steps: int | None = Field(default=None, ge=1, description="of sampling, evenly spaced; null for all")
    element_scale: float = Field(
        default=0.25, gt=0, description="of an atom's element beside its place: the smaller, the later it is settled"
    )

    @model_validator(mode="after")
    def _enough_steps(self) -> "NoiseSettings":
        if self.sampling_steps is not None and self.sampling_steps > self.steps:
            raise ValueError(f"sampling_steps {self.sampling_steps} are more than the steps of noise, {self.steps}")
        return self


def default_training() -> TrainingSettings:
    """Muon, which needs fewer steps here than Adam does."""
    return TrainingSettings(
        batch_size=64,
        steps=2000,
        optimizer=OptimizerSettings(learning_rate=5e-3, muon_learning_rate=1e-2, clip_norm=None),
        schedule=ScheduleSettings(warmup_steps=50),
    )

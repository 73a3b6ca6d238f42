"""Settings of the training of a decoder's members, without importing torch."""

from typing import Literal

from pydantic import Field

from uncollapse.settings.values import Strict
from uncollapse.training.settings import OptimizerSettings, ScheduleSettings


class MemberOptimizerSettings(OptimizerSettings):
    """Adam(W) or Muon, as for other models (Lee et al. 2025: AdamW, beta2 0.98, epsilon 1e-12, weight decay 0.01)."""

    name: Literal["adam", "adamw", "muon"] = "muon"
    epsilon: float = Field(default=1e-8, gt=0, description="of Adam(W)")


class FlooredScheduleSettings(ScheduleSettings):
    """Linear warm-up, a stable part, and linear decay to a floor."""

    floor: float = Field(default=0.0, ge=0, le=1, description="share of the full rate below which no decay goes")

    def rate_factor(self, step: int, total_steps: int) -> float:
        """Share of the full learning rate at ``step`` (0-based) of a run.

        >>> schedule = FlooredScheduleSettings(warmup_steps=2, decay_share=0.5, floor=0.2)
        >>> [round(schedule.rate_factor(step, 8), 3) for step in (0, 1, 4, 6, 7)]
        [0.5, 1.0, 1.0, 0.6, 0.4]
        """
        factor = super().rate_factor(step, total_steps)
        decaying = self.decay_share and total_steps - step <= self.decay_share * total_steps
        return self.floor + (1 - self.floor) * factor if decaying else factor


class MemberTrainingSettings(Strict):
    """One run of training, of all members at once."""

    batch_size: int = Field(default=128, ge=1, description="examples of a step")
    steps: int = Field(default=1000, ge=1, description="optimization steps")
    optimizer: MemberOptimizerSettings = MemberOptimizerSettings()
    schedule: FlooredScheduleSettings = FlooredScheduleSettings()
    log_every: int = Field(default=50, ge=1, description="steps between two rows of the learning curve")
    validate_every: int = Field(default=200, ge=1, description="steps between two measurements on other questions")
    checkpoint_every: int = Field(
        default=500, ge=1, description="steps between two checkpoints, from which a kill resumes"
    )

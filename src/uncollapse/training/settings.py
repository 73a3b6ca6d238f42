"""Settings of a model's training, without importing torch."""

from typing import Literal

from pydantic import Field, model_validator

from uncollapse.settings.values import Strict


class OptimizerSettings(Strict):
    """Adam(W) for everything, or Muon for the layers' matrices and AdamW for the rest.

    The paper trains with Adam at 5e-5. Muon (Jordan et al. 2024, in torch.optim) needs about a quarter of Adam's steps
    at the small scale, and every seed learns.
    """

    name: Literal["adam", "adamw", "muon"] = "muon"
    learning_rate: float = Field(
        default=1e-2, gt=0, description="of Adam(W); under Muon, of embeddings, norms and biases"
    )
    muon_learning_rate: float = Field(default=1e-2, gt=0, description="of the layers' matrices; used by muon alone")
    weight_decay: float = Field(default=0.0, ge=0)
    beta1: float = Field(default=0.9, ge=0, lt=1)
    beta2: float = Field(default=0.95, ge=0, lt=1)
    clip_norm: float | None = Field(
        default=None, gt=0, description="largest gradient norm; null leaves gradients alone"
    )


class ScheduleSettings(Strict):
    """Linear warm-up, a stable part, and linear decay to zero over the last share of the steps."""

    warmup_steps: int = Field(default=100, ge=0)
    decay_share: float = Field(default=0.4, ge=0, le=1, description="0 keeps the rate fixed after warm-up (the paper)")

    def rate_factor(self, step: int, total_steps: int) -> float:
        """Share of the full learning rate at ``step`` (0-based) of a run.

        >>> schedule = ScheduleSettings(warmup_steps=4, decay_share=0.5)
        >>> [schedule.rate_factor(step, 16) for step in (0, 3, 7, 8, 12, 15)]
        [0.25, 1.0, 1.0, 1.0, 0.5, 0.125]
        """
        warm = (step + 1) / self.warmup_steps if self.warmup_steps else 1.0
        decay_steps = self.decay_share * total_steps
        decay = (total_steps - step) / decay_steps if decay_steps else 1.0
        return min(1.0, warm, decay)


class TrainingSettings(Strict):
    """One run of training: exactly one of ``steps`` and ``epochs`` says how long."""

    batch_size: int = Field(default=256, ge=1)
    steps: int | None = Field(default=None, ge=1, description="optimization steps")
    epochs: int | None = Field(default=None, ge=1, description="passes over the data set")
    optimizer: OptimizerSettings = OptimizerSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    compile: bool = Field(
        default=False,
        description="compile the step with torch.compile (on a GPU with CUDA graphs): some 1.4 times as fast on a CPU,"
        " after about a minute of compilation, for which it needs a C++ compiler; rounding differs",
    )
    log_every: int = Field(default=50, ge=1, description="steps between two rows of the learning curve")
    validate_every: int = Field(default=200, ge=1, description="steps between two measurements on validation prompts")
    checkpoint_every: int = Field(
        default=500, ge=1, description="steps between two checkpoints, from which a kill resumes"
    )

    @model_validator(mode="after")
    def _one_length(self) -> "TrainingSettings":
        if (self.steps is None) == (self.epochs is None):
            raise ValueError("give exactly one of steps and epochs")
        return self

    def total_steps(self, rows: int) -> int:
        """Steps this run takes over ``rows`` examples; an epoch is its whole batches, at least one."""
        if self.steps is not None:
            return self.steps
        assert self.epochs is not None
        return self.epochs * max(1, rows // self.batch_size)

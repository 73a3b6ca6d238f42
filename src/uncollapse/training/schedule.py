"""The learning rate over a run."""

from uncollapse.training.settings import ScheduleSettings


def rate_factor(step: int, total_steps: int, settings: ScheduleSettings) -> float:
    """Share of the full learning rate at ``step`` (0-based): warm-up, stable, linear decay.

    >>> schedule = ScheduleSettings(warmup_steps=4, decay_share=0.5)
    >>> [rate_factor(step, 16, schedule) for step in (0, 3, 7, 8, 12, 15)]
    [0.25, 1.0, 1.0, 1.0, 0.5, 0.125]
    """
    warm = (step + 1) / settings.warmup_steps if settings.warmup_steps else 1.0
    decay_steps = settings.decay_share * total_steps
    decay = (total_steps - step) / decay_steps if decay_steps else 1.0
    return min(1.0, warm, decay)

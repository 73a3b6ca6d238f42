"""Training loops: settings, optimizers, schedules, checkpoints."""

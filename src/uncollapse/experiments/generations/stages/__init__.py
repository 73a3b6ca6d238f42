"""Bodies of the stages of experiments over generations; each has ``run(stage)``."""

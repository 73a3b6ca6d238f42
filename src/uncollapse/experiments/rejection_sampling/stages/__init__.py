"""Bodies of the stages of rejection sampling; each has ``run(stage)``."""

"""Bodies of the stages of rounds; each has ``run(stage)``."""

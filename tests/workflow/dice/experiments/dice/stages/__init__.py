"""Bodies of the stages of dice; each has ``run(stage)``."""

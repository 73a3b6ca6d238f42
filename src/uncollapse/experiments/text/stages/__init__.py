"""Bodies of the stages of text experiments; each has ``run(stage)``."""

"""Bodies of the stages of sequence experiments; each has ``run(stage)``."""

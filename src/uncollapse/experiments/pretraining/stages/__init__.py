"""Bodies of the stages of pretraining experiments; each has ``run(stage)``."""

"""Bodies of the stages of corpora and base models; each has ``run(stage)``."""

"""Bodies of the stages of the report; each has ``run(stage)``."""

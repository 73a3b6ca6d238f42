"""Bodies of the stages of tables, figures and claims; each has ``run(stage)``."""

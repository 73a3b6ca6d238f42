"""Bodies of the stages of simulations; each has ``run(stage)``."""

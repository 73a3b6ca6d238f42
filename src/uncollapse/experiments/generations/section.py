"""The report's section on an experiment over generations, beside its products."""

SETTINGS = ("learners", "verifiers", "runs", "grids")

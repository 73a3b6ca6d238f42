"""The report's section on an experiment in rejection sampling, beside its products."""

SETTINGS = ("questions", "files", "sampling", "verifiers", "selections", "training")

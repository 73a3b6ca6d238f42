"""The report's section on an experiment in rounds, beside its products."""

SETTINGS = ("courses", "runs", "avalanches")

"""Numbers from frames: scores, runs, contrasts, seeds pooled, verdicts, comparisons, and how they are shown."""

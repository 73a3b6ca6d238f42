"""From frames to numbers: scores, runs, contrasts, seeds pooled, verdicts, comparisons, and how they are shown."""

"""The splits of an experiment's prompts."""

# the eighths of the hash space that belong to each split, see uncollapse.tasks.sampling; synthesize, by far the
# largest, gets most of it, and so the fewest draws thrown away
SPLITS = {"train": (0, 1), "validation": (1, 2), "test": (2, 3), "synthesize": (3, 8)}

"""Programs of a model run against tests: what they can reach, and how tests talk to them by values alone."""

"""Verifiers of sequences: they know the task, and so the truth."""

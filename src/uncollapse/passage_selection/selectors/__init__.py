"""Selectors of passages, each found by the name that ``select.by`` gives it."""

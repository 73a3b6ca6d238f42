"""Columns of the simulations' tables: one module per family, so that a new column concerns its own family alone."""

"""Columns of the simulations' tables: one module per simulation, so that a new column concerns few others."""

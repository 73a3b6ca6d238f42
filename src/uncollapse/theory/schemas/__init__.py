"""What the simulations' tables hold: one module per family, so that a new column concerns its own family alone."""

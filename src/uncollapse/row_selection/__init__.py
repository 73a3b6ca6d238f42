"""Rows of anyone's candidates that become training data, every selection with its random twin and its account."""

"""Which candidates become training data."""

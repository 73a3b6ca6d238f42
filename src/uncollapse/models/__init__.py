"""Models that generate answers, one module per architecture."""

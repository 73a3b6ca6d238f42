"""Intervals, means, spreads of replicates and rank correlations."""

"""Intervals, means and rank correlations."""

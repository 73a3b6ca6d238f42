"""Measures of how good a model's answers are."""

"""Generative models over generations: each learns from what its forerunners wrote, and from real rows or not."""

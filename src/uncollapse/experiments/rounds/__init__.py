"""Self-improvement from easy to hard: models label ever harder questions and learn from it (Lee et al. 2025)."""

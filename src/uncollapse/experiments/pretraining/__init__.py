"""Language models trained from scratch on mixtures of human and machine-written text (Zhu et al. 2024)."""

"""Downstream tasks for models trained from scratch, through lm-evaluation-harness (Zhu et al. 2024, Tables 10, 11)."""

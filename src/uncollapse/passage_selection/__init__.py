"""Choosing documents of a text corpus by what they are like, before training (Zhu et al. 2024, Table 13)."""

"""Diagnostics of two corpora: is one narrower than the other, and where (Zhu et al. 2024, section 2.2)?"""

"""Selectors of texts: each sees all prompts at once, and keeps a share of them."""

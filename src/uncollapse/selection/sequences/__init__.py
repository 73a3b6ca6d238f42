"""Selectors of sequences: each sees one group of prompts after the other."""

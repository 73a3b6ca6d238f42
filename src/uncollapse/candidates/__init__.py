"""Candidates that a model wrote, as arrays: sequences, texts, and what verifiers made of them."""

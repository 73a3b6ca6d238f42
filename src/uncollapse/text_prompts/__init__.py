"""Prompts and true answers from the documents of a corpus."""

"""Engines, which run a model that is not trained: it writes answers, and says how probable a given answer is.

Two implementations with the same interface: transformers, and vLLM where it is installed.
"""

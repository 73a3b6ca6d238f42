"""Kinds of experiments, one package each, found by its folder."""

"""Packages, corpora and pretrained models that experiments of any kind may name."""

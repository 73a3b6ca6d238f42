"""Artifacts that are out of date, in words and for Snakemake."""

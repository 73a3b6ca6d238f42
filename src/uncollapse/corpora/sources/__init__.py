"""Readers of packages, one module each, found by name.

A reader has ``documents(archive: Path) -> Iterator[RawDocument]``, which yields every document of the archive in a
fixed order, without markup, navigation and whatever else belongs to the source rather than to the text. The package it
reads stands in :mod:`uncollapse.corpora.packages`.
"""

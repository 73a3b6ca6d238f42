"""Readers of packages, one module each, found by name.

A reader has ``PACKAGE``, the name of the package it reads (see :mod:`uncollapse.corpora.packages`), and
``documents(archive: Path) -> Iterator[RawDocument]``, which yields every document of the archive in a fixed order,
without markup, navigation and whatever else belongs to the source rather than to the text.
"""

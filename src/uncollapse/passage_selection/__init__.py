"""Choosing documents of a text corpus by what they are like, before training (Zhu et al. 2024, Table 13).

A selector, one module of ``selectors`` or a user's .py file, has two things.

- ``READS``: what it needs beside the passages' tokens, a tuple of ``"texts"``, ``"prior"`` (a language model) and
  ``"encoder"`` (of sentences);
- ``choose(pool, settings)``: which ``pool.size`` of the N machine-written passages of a
  :class:`~uncollapse.passage_selection.pool.Pool` are kept, as rising row numbers (size,); ``settings`` is the block of
  config, see :class:`~uncollapse.passage_selection.settings.TextSelectionSettings`.

It is imported when config is read, so libraries that take long to import are imported in ``choose``.
"""

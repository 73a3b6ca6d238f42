"""Real rows that generative models learn from: one module for each source.

A data module offers

- ``Settings``: a pydantic model of its keys in config, ``name: str`` among them. A field ``corpus`` is one of config's
  ``corpora``, a field ``folder`` a folder of the user's files, whose names a property ``files`` lists. Of images,
  ``side``, ``channels`` and ``classes`` (0: no labels) are held against the model's and the verifiers' before any job;
- ``ROWS``: a ``pyarrow.Schema``, the columns of one row;
- ``size(settings, inputs)``: how many rows there are; None where there are as many as are asked for;
- ``read(settings, inputs, *, numbers, seed)``: an iterator over dictionaries of columns of ``ROWS``, part by part: the
  rows of these numbers, an ascending array, in their order;

and may offer ``PACKAGE``, the name of the package in :mod:`uncollapse.corpora.packages` that it reads.

``inputs`` are paths by name: ``package``, ``corpus`` or ``files``, of those that there are.
"""

"""Verifiers of rows that generative models wrote: one module each, all with the same few functions.

A verifier module offers

- ``Settings``: a pydantic model of its keys in config, ``kind: str`` among them;
- ``ROWS``: a ``pyarrow.Schema``, the columns of the rows that it judges;
- ``learn(real, settings, *, seed, work)``: a :class:`~uncollapse.generations.state.State` of what it learns from real
  rows, a table; made once, before generation 0. With a field ``held_out`` that is true it gets the held-out rows too,
  and with a field ``data`` that is not null, the block of a source (:mod:`uncollapse.generations.data`), rows of that
  source instead: ``settings.rows`` of them, drawn at random, or all;
- ``scores(state, settings, rows, *, seed, work)``: (N,) float64, higher is better; rows of at least
  ``settings.threshold`` are accepted.

A field ``skip`` says how many of the learner's real rows it passes over.
"""

"""Verifiers of candidate texts of one's own: one module each, named by ``kind`` in config and on the command line.

A verifier, ours or a user's .py file, has ``Settings``, a pydantic model of its keys (``kind: str`` names the module
or the file; ``reads``, a list of the table's further columns that it looks at; ``files``, a property with the paths of
files that it reads, whose content then counts), and one of two functions:

- ``check(candidate, settings)`` judges one :class:`~uncollapse.verifiers.candidate.Candidate` and returns a
  :class:`~uncollapse.verifiers.candidate.Verdict`. It is called in child processes under limits of time and memory
  (``seconds`` and ``megabytes`` of its settings), as many at once as there are threads;
- ``open_verifier(settings, *, threads)`` is a context manager that gives a
  :class:`~uncollapse.verifiers.candidate.Verifier`, which judges a batch at a time and does whatever it wants to keep
  open meanwhile.

An error in judging a candidate is a verdict as well: one that ``failed``, with its reason.
"""

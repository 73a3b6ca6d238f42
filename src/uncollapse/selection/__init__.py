"""The choice of candidates that become training data: one module per selector, in ``sequences`` or ``texts``.

A selector, ours or a user's .py file, has four things.

- ``READS``: what it looks at. ``"labels"`` are the true answers of prompts; ``"candidates"`` are what a decoding wrote;
  ``"scores"`` and ``"verdicts"`` are those and what a verifier says of them, so that the data set names one;
- ``POOL``: which candidates of a prompt it may keep, ``"first"`` for the most probable one alone, or ``"all"``; p_* is
  taken over these;
- ``REASONS``: why it drops a prompt, in words for the account of rows; a tuple, empty where it drops none;
- ``choose(groups, *, settings, prompts)``: for each group of N prompts, a :class:`~uncollapse.candidates.judged.Scores`
  with W candidates each, it yields integers (N,): the rank of the candidate that is kept, or ``~number`` of the reason
  why the prompt is dropped (-1 for the first one, -2 for the second).

``prompts`` is how many there are in all groups. ``settings`` is the data set's block of config, see
:class:`~uncollapse.selection.settings.DatasetSettings` and
:class:`~uncollapse.selection.text_settings.TextDatasetSettings`; ``check(settings)``, where a selector has it, raises
ValueError for a block that it cannot work with. Groups of sequences come one after the other, so that memory does not
grow with them; texts come in one group of all prompts, and without a verifier their score is 0. What is beyond a data
set's size is cut off afterwards, and everything is counted, in :mod:`uncollapse.selection.choose`.
"""

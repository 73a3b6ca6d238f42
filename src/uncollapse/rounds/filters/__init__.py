"""Filters of a model's own answers: one module each, found by its name.

A filter module offers

- ``Settings``: a pydantic model of the filter's keys in config, ``kind: str`` among them; where not every experiment
  can use it, ``misfit(models, checks)``, words for why one with so many models and a task with these checks cannot, or
  None;
- ``keep(answers, settings)``: (M, N) whether each of M models learns from its own answer to each of N questions, given
  :class:`~uncollapse.rounds.written.Answers`.

Only ``oracle`` looks at true answers.
"""

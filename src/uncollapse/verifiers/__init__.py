"""Verifiers judge candidates: one module each, in ``sequences`` or ``texts`` by the candidates that it reads.

Those of anyone's own table of candidates, outside experiments, are in :mod:`uncollapse.verifiers.answers`.

A verifier, ours or a user's .py file, has two things.

- ``Settings``: a pydantic model of its keys in config (``kind: str`` names the module, or a user's .py file); one
  that only ranks says so by a property ``gives_verdict`` that is False; one that reads files of yours lists their
  paths in a property ``files``, so that their content counts;
- ``score(candidates, prompts, *, settings, **given)``: for N prompts with W candidates each, ``scores`` (N, W), higher
  is better, and ``accepted`` (N, W) of bool, or None where the verifier ranks without a verdict.

``prompts`` is the table of the N prompts; ``candidates`` and what is ``given`` depend on the experiment:

- sequences: a :class:`~uncollapse.candidates.sequences.Candidates`; ``task``, the module that knows the truth, and
  ``task_settings``;
- texts: a :class:`~uncollapse.candidates.texts.TextCandidates`, with prompts of the columns prompt_id, document_id,
  prompt and answer; ``engine``, loaded with the model that a field ``model`` of ``Settings`` names (generator, base, or
  one under models), or None; and where a field ``members`` names other verifiers, ``members``, their scores.
"""

"""Who judges answers in words: one module per verifier, each with two things.

- ``Settings``: a pydantic model of its keys in config (``kind: str`` names the module, or a user's .py file); one
  that only ranks says so by a property ``gives_verdict`` that is False; a field ``model`` names the experiment's model
  whose log-probabilities it asks for (generator, base, or one under models);
- ``score(candidates, prompts, *, settings, engine)``: for N prompts with W candidates each, ``scores`` (N, W), higher
  is better, and ``accepted`` (N, W) of bool, or None where the verifier ranks without a verdict.

``candidates`` is a :class:`~uncollapse.candidates.texts.TextCandidates`; ``prompts`` the table of the N
prompts (prompt_id, document_id, prompt, answer); ``engine`` the loaded ``model``, or None.
"""

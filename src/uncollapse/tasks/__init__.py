"""Tasks that models learn: one module each, all with the same few functions.

A task module offers

- ``Settings``: a pydantic model of the task's keys in config, ``name: str`` among them;
- ``PROMPT_COLUMNS``: the Arrow fields of a prompt beside ``prompt_id``, truth included;
- ``draw(settings, *, count, rng)``: columns of ``count`` fresh prompts with their true answers. It and
  ``prompt_tokens`` may be called by several threads at once, so neither may keep anything between calls;
- ``layout(settings)``: the :class:`~uncollapse.tasks.sequence_layout.SequenceLayout` of its token sequences;
- ``prompt_tokens(prompts, settings)`` and ``answer_tokens(prompts, settings)``: arrays (N, S) and (N, T) of token ids;
- ``error(tokens, prompts, settings)``: how wrong answers (N, W, T) are, an array (N, W), 0 = exact;
- ``features(prompts, settings)``: named numbers (N,) that describe how hard a prompt is.

Tasks are looked up by module name and imported alone, so that a change to one leaves the artifacts of the others valid.
"""

"""Tasks whose questions have a difficulty: one module each, all with the same few functions.

A task module offers

- ``Settings``: a pydantic model of the task's keys in config, ``name: str`` among them;
- ``symbols(settings)``: all characters that its questions and answers are written with;
- ``ask(difficulty, settings, rng)``: a :class:`~uncollapse.rounds.question.Question` of that difficulty, an integer
  from 1, drawn with a ``random.Random``; a sample is its text and, directly after it, its answer, so the text ends with
  what says that an answer follows;
- ``is_right(answer, question, settings)``: whether an answer is right, given the question with its true answer;
- ``longest(difficulty, settings)``: characters of the longest answer that can be right;
- ``spoken(difficulty, settings)``: the difficulty as axes and tables write it;
- ``bounds(settings)``: the least and the largest difficulty that there is, None where there is no end.

and may offer ``CHECKS``, functions ``(answer, question, settings)`` by name that see without the true answer whether
something about an answer is impossible; the filter ``valid`` drops by them.

Tasks are looked up by module name and imported alone, so that a change to one leaves the artifacts of the others valid.
"""

"""Generative models that are trained generation after generation: one module each, all with the same few functions.

A model module offers

- ``Settings``: a pydantic model of its keys in config, ``name: str`` among them;
- ``ROWS``: a ``pyarrow.Schema``, the columns of one row that it learns from and writes; those of the data that it is
  combined with must be the same (:mod:`uncollapse.generations.data`);
- ``LOSS``: the unit of ``losses`` in words, such as "nats per image";
- ``fit(rows, settings, *, weights, first, seed, work)``: a :class:`~uncollapse.generations.state.State` of a model that
  has learned from ``rows``, a table of N rows of ``ROWS``, from scratch. ``weights`` (N,) float64 says how much each
  row counts, on average 1; None where all count alike. ``first`` is the state of the same seed's generation 0, for what
  must not change between generations, such as a tokenizer or a scale; None in generation 0. Equal arguments give equal
  states, and a killed fit goes on from ``work.checkpoint`` where the model has steps to lose;
- ``sample(state, settings, *, rows, seed, work)``: an iterator over dictionaries of columns of ``ROWS``, part by part,
  ``rows`` in all, so that memory does not grow with their number;
- ``losses(state, settings, rows, *, work)``: loss of each row of a table (N,) float64, lower is better: the model's
  negative log-likelihood or a bound on it, with draws that hang on the row's place alone;
- ``features(rows, settings)``: (N, F) float64, the same for every generation, in which distances between rows mean
  something: diversity, coverage and memorised rows are measured there;

and may offer

- ``measures(rows, settings, *, real, learned)``: further numbers by name on rows that were written, beside ``real``,
  the rows held out, and ``learned``, the real ones that generation 0 learned from: validity and the like; ``learned``
  itself is measured in the same way, so that its value stands beside;
- ``check_held_out(rows, settings, *, held_out)``: ends before generation 0 learns from ``rows`` with a DataError where
  held-out rows are such as ``losses`` would refuse;
- ``ready(settings)``: ends before any job with a ConfigError where something that it needs is not installed.

Planning imports a model for its settings, so torch and what imports it is imported within functions.

``work`` is a :class:`~uncollapse.generations.work.Work`: device, where to keep a checkpoint, progress. Models are
looked up by module name and imported alone, so that a change to one leaves the artifacts of the others valid.
"""

"""The report's section on an experiment with models trained from scratch, beside its products."""

SETTINGS = ("data", "tokenizer", "tokens", "models", "edits")

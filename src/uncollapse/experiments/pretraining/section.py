"""What the report shows of an experiment with models trained from scratch, beside its products."""

SETTINGS = ("data", "tokenizer", "tokens", "models", "edits")

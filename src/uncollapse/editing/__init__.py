"""Token-level editing (ToEdit): tokens a language model is sure of are drawn again, all others stay."""

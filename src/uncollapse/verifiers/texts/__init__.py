"""Verifiers of texts: measures of an answer, by itself, against the true one or under a model."""

"""Verifiers at work on a table of candidates: read, judged part by part, resumed, and written with its scores."""

"""Two corpora side by side: what scripts/compare_corpora.py shows."""

"""Two corpora side by side: what `uncollapse compare` shows."""

"""Prompts of anyone's table: a text or chat messages each, an id as text, and whatever stands beside them."""

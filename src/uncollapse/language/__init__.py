"""Causal language models: one file each, engines that generate and score, fine-tuning."""

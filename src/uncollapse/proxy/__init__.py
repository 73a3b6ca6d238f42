"""p_*: whether a verifier is good enough, told before any training (Feng et al. 2024)."""

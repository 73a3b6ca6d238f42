"""Models and tasks of our own, whose answers are tokens (Feng et al. 2024, section 4)."""

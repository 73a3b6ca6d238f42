"""Language models fine-tuned on texts of a corpus (Feng et al. 2024, section 5)."""

"""Is one corpus narrower than another, and where? (Zhu et al. 2024, section 2.2)"""

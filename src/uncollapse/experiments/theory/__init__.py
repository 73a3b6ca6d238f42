"""Simulations of the papers' theory."""

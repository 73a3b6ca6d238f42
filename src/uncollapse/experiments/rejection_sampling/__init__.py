"""Rejection sampling: candidates, verifiers, their audit, selections with random twins, and students of each."""

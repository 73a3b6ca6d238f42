"""Audits of a verifier by hand: candidates drawn for a sheet, labelled by people, and read back with the decision."""

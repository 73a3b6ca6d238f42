"""The papers' claims as executable checks: one module per group of claims, one function per claim.

A module has ``check(...)``, whose parameters are named after the frames it needs and which returns a list of
:class:`~uncollapse.analysis.verdict.Finding`; :func:`uncollapse.analysis.claims_table.claims_table` puts the findings
beside the claims' own words.
"""

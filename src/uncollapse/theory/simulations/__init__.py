"""The simulations of the papers' theory: one module each, found by its name and imported alone.

A simulation module has ``Settings``, a pydantic model of its keys in config, ``SCHEMA``, the columns of its table, and
``simulate(settings, rng)``, which yields that table in blocks of columns: one row per setting and trial. Where a paper
leaves a value open, the field's description says why this one.
"""

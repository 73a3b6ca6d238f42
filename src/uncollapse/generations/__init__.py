"""Generative models that are trained on what their forerunners wrote: regimes, models, what collapse is measured by."""

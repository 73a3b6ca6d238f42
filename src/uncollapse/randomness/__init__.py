"""Random draws keyed by what they are for, so that no order of work changes them."""

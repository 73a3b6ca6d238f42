"""Training files and data set cards from selected candidates."""

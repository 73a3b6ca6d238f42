"""Mathematical answers: read from LaTeX or plain text, and compared more strictly than math-verify does."""

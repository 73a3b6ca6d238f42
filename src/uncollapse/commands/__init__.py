"""Subcommands of the command ``uncollapse``: one module each, found by its file.

A module with a function ``main(given: list[str] | None) -> int | None`` is the subcommand of its name, with hyphens in
place of underscores; the first line of its docstring is what ``uncollapse --help`` says of it. ``main`` reads the
arguments after the name, or those of the process where it is given None, and ends in an exit status, or in a SystemExit
with one line that says what is wrong and how to mend it. Nothing else has to be edited to add one.
"""

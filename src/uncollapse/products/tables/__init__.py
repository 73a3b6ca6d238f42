"""One module per table of a paper, found by its name and imported alone; see :mod:`uncollapse.analysis.table`."""

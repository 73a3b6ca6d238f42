"""One module per figure, found by its name and imported alone.

Each holds ``FIGURE``, a :class:`~uncollapse.reporting.style.Figure` (title, caption, alternative text), and
``draw(...)``, which takes frames and returns a matplotlib figure; :func:`uncollapse.reporting.style.render` turns it
into bytes.
"""

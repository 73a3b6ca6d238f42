"""One module per figure, found by its name and imported alone.

Each holds ``FIGURE``, a :class:`~uncollapse.analysis.style.Figure` (title, caption, alternative text), and
``draw(...)``, which takes frames and returns a matplotlib figure. It is called inside
:func:`uncollapse.analysis.style.styled`, and :func:`uncollapse.analysis.rendering.render` turns what it returns into
bytes.
"""

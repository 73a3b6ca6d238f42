"""Text of figures: users' names letter by letter, names of logarithmic axes, and those too long for their place."""

from matplotlib.figure import Figure as Canvas


def literal(name: str) -> str:
    r"""A user's name as matplotlib draws it letter by letter: what stands between two $ is a formula there.

    >>> print(literal("a$_b_$"))
    a\$_b_\$
    """
    return name.replace("$", r"\$")


def say_logarithmic(figure: Canvas) -> None:
    """Have the name of every logarithmic axis say that it is one, and so a name that all panels have in common."""
    for of_panels, axes_of in (
        (figure.get_supxlabel(), lambda axes: axes.xaxis),
        (figure.get_supylabel(), lambda axes: axes.yaxis),
    ):
        logarithmic = [axis for axis in map(axes_of, figure.axes) if axis.get_scale() in ("log", "symlog")]
        texts = [text for text in figure.texts if of_panels and text.get_text() == of_panels]
        for text in [*(axis.label for axis in logarithmic), *(texts if logarithmic else [])]:
            name = text.get_text()
            if name and "log" not in name:
                text.set_text(f"{name} (log scale)")


def break_long_names(figure: Canvas) -> bool:
    """Break names that are longer than their axis, and titles that reach over the figure's edge; whether any was."""
    broken = False
    for axes in figure.axes:
        if not axes.get_visible():
            continue
        panel, page = axes.get_window_extent(), figure.bbox
        names = [(axes.yaxis.label, "height"), (axes.xaxis.label, "width")]
        long = [name for name, side in names if getattr(name.get_window_extent(), side) > 1.05 * getattr(panel, side)]
        titles = [axes.title, axes._left_title, axes._right_title]  # type: ignore[attr-defined]
        long += [title for title in titles if title.get_text() and title.get_window_extent().x1 > page.x1]
        for text in long:
            lines = text.get_text().split("\n")
            longest = max(lines, key=len)
            lines[lines.index(longest)] = in_two(longest)
            broken |= in_two(longest) != longest
            text.set_text("\n".join(lines))
    return broken


def in_two(line: str) -> str:
    """A line broken where its halves are most alike, but before what stands in brackets at its end; no formula is.

    >>> in_two("perplexity on human text (log scale)"), in_two("one two three"), in_two("alone"), in_two("$a b$ c")
    ('perplexity on human text\\n(log scale)', 'one two\\nthree', 'alone', '$a b$ c')
    """
    if "$" in line or " " not in line:
        return line
    if line.endswith(")") and " (" in line:
        place = line.rindex(" (")
    else:
        spaces = [place for place, letter in enumerate(line) if letter == " "]
        place = min(spaces, key=lambda place: abs(place - len(line) / 2))
    return line[:place] + "\n" + line[place + 1 :]

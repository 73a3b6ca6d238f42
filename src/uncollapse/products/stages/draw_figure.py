"""Draw a figure."""

from uncollapse.analysis import style
from uncollapse.analysis.rendering import render
from uncollapse.jobs.stage import Stage
from uncollapse.products.products import make


def run(stage: Stage) -> None:
    """Inputs: the frames the figure's module asks for; outputs svg, png.

    Spec: product (its name), and what it needs of config.
    """
    with style.styled():
        canvas = make("figures", stage)
    stage.output("svg").write_bytes(render(canvas, "svg"))
    stage.output("png").write_bytes(render(canvas, "png"))

"""Draw a figure.                                                  ... -> train, evaluate -> [draw figure] -> report"""

from uncollapse.jobs.stage import Stage, run_stage


def draw_figure(stage: Stage) -> None:
    """Inputs: the frames the figure's module asks for; outputs svg, png.

    Spec: product (its name), and what it needs of config.
    """
    from uncollapse.analysis import style
    from uncollapse.products.products import make

    canvas = make("figures", stage.spec["product"], stage)
    stage.output("svg").write_bytes(style.render(canvas, "svg"))
    stage.output("png").write_bytes(style.render(canvas, "png"))


if __name__ == "__main__":
    run_stage("draw_figure", draw_figure)

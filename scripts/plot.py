"""Draw a figure.                                                  ... -> train, evaluate -> [plot] -> report"""

from uncollapse.stage import Stage, run_stage


def plot(stage: Stage) -> None:
    """Inputs: the frames the figure's module asks for; outputs svg, png. Spec: figure, and what it needs of config."""
    from uncollapse.reporting import style
    from uncollapse.reporting.products import make

    canvas = make("figures", stage.spec["figure"], stage)
    stage.output("svg").write_bytes(style.render(canvas, "svg"))
    stage.output("png").write_bytes(style.render(canvas, "png"))


if __name__ == "__main__":
    run_stage("plot", plot)

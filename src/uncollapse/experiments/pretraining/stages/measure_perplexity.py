"""Perplexity of one model on the test passages of every corpus."""

from uncollapse.artifacts.parquet import write_rows
from uncollapse.artifacts.perplexities import PERPLEXITIES
from uncollapse.editing.load import load_prior
from uncollapse.jobs.device import prepared
from uncollapse.jobs.stage import Stage
from uncollapse.pretraining.evaluation import evaluate, evaluate_answers


def run(stage: Stage) -> None:
    """Inputs tokens (the test split), pairs (answers to be judged given their instructions), model; output
    perplexities. Spec: held_out, compute.
    """
    device, _ = prepared(stage)
    prior = load_prior(str(stage.input("model")), device=device)
    rows = evaluate(
        stage.input("tokens"), prior, held_out=stage.spec["held_out"], progress=stage.progress(unit="passages")
    )
    if "pairs" in stage.inputs:
        rows.append(evaluate_answers(stage.input("pairs"), prior))
    write_rows(stage.output("perplexities"), rows, PERPLEXITIES)

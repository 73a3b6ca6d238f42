"""Count the answers to each test prompt that the reference accepts."""

from collections import Counter

from uncollapse.artifacts.parquet import read_table, write_rows
from uncollapse.experiments.rejection_sampling.artifacts import ASKED, PASSED, SAMPLED
from uncollapse.experiments.rejection_sampling.judging import judged
from uncollapse.jobs.stage import Stage


def run(stage: Stage) -> None:
    """Inputs asked, sampled (of the test prompts); output passed. Spec: name, verifier, most_failed.

    An answer that did not end by itself is judged like any other.
    """
    asked, sampled = read_table(stage.input("asked"), ASKED), read_table(stage.input("sampled"), SAMPLED)
    found = judged(stage, asked, sampled, {}, output="passed")
    ids = sampled.column("prompt_id").to_pylist()
    judged_ones = [(name, one) for name, one in zip(ids, found["accepted"], strict=True) if one is not None]
    samples, passed = Counter(name for name, _ in judged_ones), Counter(name for name, one in judged_ones if one)
    rows = [
        {"prompt_id": name, "samples": samples[name], "passed": passed[name]}
        for name in asked.column("prompt_id").to_pylist()
        if samples[name]
    ]
    write_rows(
        stage.output("passed"),
        rows,
        PASSED,
        rows_in=len(asked),
        kept=len(rows),
        dropped={"no verdict": len(asked) - len(rows)},
    )

"""Audit a selection: p* with all that it is made of, and the decision, from the reference's verdicts."""

import numpy as np
from numpy.typing import NDArray

from uncollapse.artifacts.parquet import read_table, write_rows, write_table
from uncollapse.artifacts.proxies import PROXY
from uncollapse.errors import DataError
from uncollapse.experiments.rejection_sampling.artifacts import ASKED, DECIDED, SAMPLED, VERDICTS
from uncollapse.experiments.rejection_sampling.pools import part_of
from uncollapse.experiments.rejection_sampling.tables import check_alike
from uncollapse.jobs.stage import Stage
from uncollapse.proxy.audit import audit
from uncollapse.proxy.estimate import rows
from uncollapse.proxy.tally import Candidates
from uncollapse.row_selection.rules import selected
from uncollapse.row_selection.selection_block import selecting
from uncollapse.row_selection.settings import NEEDS_NO_VERDICT
from uncollapse.row_selection.twin import random_twin
from uncollapse.statistics.estimate import Estimate


def run(stage: Stage) -> None:
    """Inputs asked, sampled, truth, and verdicts where a verifier selects; outputs audit, decision.

    What is judged is the verifier's verdict; of rules that go by score alone, what they keep.

    Spec: selection, sample_seed, cut_off, parts, resamples.
    """
    spec = stage.spec
    asked, sampled = read_table(stage.input("asked"), ASKED), read_table(stage.inputs["sampled"], SAMPLED)
    verdicts = read_table(stage.inputs["verdicts"], VERDICTS) if "verdicts" in stage.inputs else None
    truth = read_table(stage.inputs["truth"], VERDICTS)
    check_alike(sampled, truth, name="the reference")
    known = np.array([one is not None for one in truth.column("accepted").to_pylist()], dtype=bool)
    right = np.array([one is True for one in truth.column("accepted").to_pylist()], dtype=bool)
    settings = selecting(spec["selection"], seed=spec["sample_seed"])
    chosen_rows, in_common, judged, kept, prompts = 0, 0.0, [], [], []
    for place in range(spec["parts"]):
        pool = part_of(
            asked, sampled, verdicts, settings.rule, place=place, parts=spec["parts"], cut_off=spec["cut_off"] == "keep"
        ).pool
        if not len(pool):
            continue
        chosen = selected(pool, settings).kept
        chosen_rows += int(chosen.sum())
        in_common += float((chosen & random_twin(pool, chosen, seed=settings.seed)).sum())
        judged.append(pool.row)
        kept.append(chosen if settings.rule in NEEDS_NO_VERDICT else pool.kept)
        prompts.append(pool.prompt * spec["parts"] + place)
    if not judged:
        raise DataError("no candidate ended by itself: raise sampling.max_new_tokens")
    row, of_prompt = np.concatenate(judged), np.unique(np.concatenate(prompts), return_inverse=True)[1]
    candidates = Candidates(np.concatenate(kept), right[row], labelled=known[row], prompts=of_prompt)
    found = audit(
        candidates,
        resamples=spec["resamples"],
        seed=spec["sample_seed"],
        features=["pass rate"],
        cells=_pass_rates(right[row], of_prompt),
        judge_prompts=False,  # coverage is over how hard they are
    )
    counts = {"prompts": found.prompts, "candidates": found.candidates, "kept": found.kept}
    extra = {"gap": found.gap, "lift": found.lift, "kept_share": Estimate(found.kept_share)}
    table = rows(counts, found.rates | extra)
    write_table(stage.output("audit"), dict(zip(PROXY.names, map(list, zip(*table, strict=True)), strict=True)), PROXY)
    decided = {
        "decision": found.decision.word,
        "why": " ".join([found.decision.sentence, *found.decision.warnings]),
        "rows": chosen_rows,
        "in_common": in_common / chosen_rows if chosen_rows else None,
        "covered": None if found.coverage is None else found.coverage.effective_share,
    }
    write_rows(stage.output("decision"), [decided], DECIDED)


def _pass_rates(right: NDArray[np.bool_], prompts: NDArray[np.int64]) -> NDArray[np.int64]:
    """(N,) right candidates of each one's prompt: how hard it is, which a selection may shift."""
    return np.unique(np.bincount(prompts, right)[prompts], return_inverse=True)[1]

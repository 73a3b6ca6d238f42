"""Claims and tables on models that went on with edited text, on made-up perplexities whose truth is known."""

from __future__ import annotations

import math
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from readings import unlike_limits

from uncollapse.analysis.comparison import compare
from uncollapse.analysis.edited_scores import continued, edited_words
from uncollapse.analysis.formatting import widen
from uncollapse.analysis.verdict import Finding
from uncollapse.products.claims import zhu_edited_training
from uncollapse.products.tables import zhu2024_ablations, zhu2024_continual_pretraining, zhu2024_fine_tuning

COLUMNS = ["edit", "texts", "threshold", "direction", "sampling", "top_k", "positions", "action", "control"]
EDITS = pd.DataFrame(
    [
        ("reading", "news", 0.99, ">=", "top_k", 8, "threshold", "resample", False),
        ("main", "domain", 0.99, ">=", "top_k", 8, "threshold", "resample", False),
        ("more", "domain", 0.99, ">=", "top_k", 64, "threshold", "resample", False),
        ("rare", "domain", 0.001, "<=", "top_k", 8, "threshold", "resample", False),
        ("random", "domain", 0.99, ">=", "top_k", 8, "random", "resample", True),
        ("deleted", "domain", 0.99, ">=", "top_k", 8, "threshold", "delete", True),
        ("replies", "answers", 0.99, ">=", "top_k", 8, "threshold", "resample", False),
        ("mixed", "half", 0.99, ">=", "top_k", 8, "threshold", "resample", False),
    ],
    columns=COLUMNS,
).assign(top_p=0.99, as_many_as=None, share=None, frozen=False, prior="judge")
# logarithm of perplexity on the corpus, by data set
LEVELS = {"domain": 5.0, "main": 4.99, "more": 5.0, "rare": 4.98, "random": 5.2, "deleted": 5.1}
ANSWERS = {"answers": 4.0, "replies": 3.95}
MIXED = {"human": 5.0, "half": 5.1, "mixed": 5.095}


def _models(levels: dict[str, float], seeds: int) -> pd.DataFrame:
    rows = [("gpt2", name, level, None, None) for name, level in MIXED.items()]
    rows += [("judge", "human", 6.0, None, None)]
    rows += [("goes_on", name, level, "judge_human-seed0", "reviews") for name, level in levels.items()]
    rows += [("tuned", name, level, "judge_human-seed0", "asked") for name, level in ANSWERS.items()]
    frame = pd.DataFrame(rows, columns=["architecture", "dataset", "level", "initial", "domain"])
    edits = dict(zip(EDITS["edit"], EDITS["edit"], strict=True))
    frame = frame.assign(
        edit=frame["dataset"].map(edits),
        instructions=frame["architecture"] == "tuned",
        machine_share_percent=np.where(frame["dataset"] == "half", 50.0, 0.0),
        selection=None, part=0, tokens=1000, context=16,
    )  # fmt: skip
    # as in a plan, an edited data set of passages names no domain itself
    frame.loc[frame["edit"].notna() & ~frame["instructions"], "domain"] = None
    frame = frame.merge(pd.DataFrame({"seed": range(seeds)}), how="cross")
    frame = frame[(frame["architecture"] != "judge") | (frame["seed"] == 0)]
    return frame.assign(model=frame["architecture"] + "_" + frame["dataset"] + "-seed" + frame["seed"].astype(str))


def _perplexities(models: pd.DataFrame, *, noise: float) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    rows = []
    for model in models.to_dict("records"):
        for corpus in ("reviews", "plays", "asked"):
            if corpus == "asked" and model["architecture"] not in ("tuned", "judge"):
                continue
            level = model["level"] + (0.5 if corpus == "plays" else 0.0) + noise * rng.normal()
            rows.append(
                {
                    "model": model["model"], "dataset": "", "role": "downstream", "seed": model["seed"],
                    "corpus": corpus, "written_by": "machine" if corpus == "asked" else "human", "trained": True,
                    "perplexity": math.exp(level),
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def _task_scores(models: pd.DataFrame, gains: dict[str, float]) -> pd.DataFrame:
    """Two tasks on the models of some data sets: 40% and 50% plus a gain, which seeds spread by 0.1, in points."""
    rows = [
        {"model": model["model"], "dataset": "", "role": "downstream", "seed": model["seed"], "task": task,
         "metric": "acc", "version": "1", "standard_error": 0.03, "items": 200,
         "value": level + (gains[model["dataset"]] + 0.1 * model["seed"]) / 100}
        for model in models[models["dataset"].isin(list(gains)) & models["initial"].notna()].to_dict("records")
        for task, level in (("next_words", 0.4), ("word_order", 0.5))
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _counts(threshold: float) -> pd.DataFrame:
    return pd.DataFrame({"edit": EDITS["edit"], "generation": 1, "threshold": threshold})


def _found(
    levels: dict[str, float] = LEVELS,
    *,
    noise: float = 0.001,
    seeds: int = 3,
    gains: dict[str, float] | None = None,
    threshold: float = 0.99,
) -> dict[str, Finding]:
    models = _models(levels, seeds)
    scores = _perplexities(models, noise=noise)
    on_tasks = None if gains is None else _task_scores(models, gains)
    found = zhu_edited_training.check(
        perplexities=scores, trained_models=models, edits=EDITS, edit_counts=_counts(threshold), task_scores=on_tasks
    )
    assert not unlike_limits(found)
    return {finding.id: finding for finding in found if not finding.reading}


def test_edits_of_tokens_that_no_model_is_sure_of_decide_nothing() -> None:
    """As where config names a share of tokens, and a small model's likeliest are not likely."""
    gains = {"domain": 0.0, "main": -2.0, "answers": 1.0, "replies": 0.0}
    sure, unsure = (_found(LEVELS | {"rare": 5.3}, gains=gains, threshold=threshold) for threshold in (0.95, 0.042))
    sure_of = {"zhu-T2-a": "contradicted", "zhu-T4-a": "contradicted", "zhu-T7-a": "inconclusive"}
    for claim, verdict in sure_of.items():
        assert sure[claim].verdict == verdict
        assert unsure[claim].verdict == "not run at this scale"
        assert math.isnan(unsure[claim].value)
        assert unsure[claim].explanation.startswith("Not the paper's edit")
        assert "p of 0.042 or more" in unsure[claim].explanation
        assert unsure[claim].explanation.endswith(sure[claim].explanation)
    for claim, verdict in {"zhu-T5-a": "equal within delta", "zhu-D5-a": "reproduced"}.items():
        assert sure[claim].verdict == verdict
        assert unsure[claim].verdict == "not run at this scale"


def test_perplexity_alone_can_show_that_nothing_changes() -> None:
    alike = LEVELS | {"main": LEVELS["domain"] - 0.002}
    found = _found(alike)["zhu-T2-a"]
    assert found.verdict == "equal within delta"
    assert "as good by perplexity, which tells no scores" in found.explanation
    assert _found(alike, noise=0.01)["zhu-T2-a"].verdict == "inconclusive"


def test_perplexity_decides_nothing_about_tasks_but_is_told() -> None:
    found = _found()
    for claim, gain in (("zhu-T2-a", 100 * math.expm1(0.01)), ("zhu-T4-a", 100 * math.expm1(0.05))):
        assert found[claim].verdict == "inconclusive"
        assert found[claim].value == pytest.approx(gain, abs=0.3)
        assert "tasks, which are not run here" in found[claim].explanation
    assert "control, random positions: −18" in found["zhu-T2-a"].explanation


def test_tasks_decide_where_edited_and_unedited_models_were_asked() -> None:
    found = _found(gains={"domain": 0.0, "main": 2.0, "random": -3.0, "answers": 1.0, "replies": 0.0})
    domain, answers = found["zhu-T2-a"], found["zhu-T4-a"]
    assert domain.verdict == "reproduced"
    assert domain.value == pytest.approx(2.0)
    # one spread of three settings with three seeds: 6 degrees of freedom, standard error 0.1 sqrt(2 / 3)
    assert domain.high - 2 == pytest.approx(2.447 * 0.1 * math.sqrt(2 / 3), abs=1e-3)
    assert "Tasks: next words, word order. Made of test passages of human corpora" in domain.explanation
    assert "Beside it: control, random positions: −3.0 points" in domain.explanation
    perplexity = domain.explanation.partition("how much lower the perplexity of held-out text of the domain")[2]
    assert "reviews, p >= 0.99, top-k 8: " in perplexity
    assert "control, random positions: −18" in perplexity
    assert answers.verdict == "contradicted"
    assert answers.value == pytest.approx(-1.0)
    # one percent of an average of 45 is 0.45 points, of which nothing comes near the limit of zero
    assert _found(gains={"domain": 0.0, "main": 0.05})["zhu-T2-a"].verdict == "equal within delta"
    assert _found(gains={"domain": 0.0, "main": -0.8})["zhu-T2-a"].verdict == "contradicted"
    assert _found(gains={"domain": 0.0, "main": 2.0}, seeds=1)["zhu-T2-a"].verdict == "inconclusive"


def test_tasks_on_one_side_alone_decide_nothing() -> None:
    found = _found(gains={"domain": 0.0, "replies": 5.0})
    for claim in ("zhu-T2-a", "zhu-T4-a"):
        assert found[claim].verdict == "inconclusive"
        assert "not run here" in found[claim].explanation


def test_shares_name_rules_in_place_of_thresholds() -> None:
    models = _models(LEVELS, 1)
    shares = EDITS.assign(share=[None, 0.1, None, 0.05, *[None] * 4])
    (group,) = continued(models, shares, instructions=False)
    rules = group.edits["rule"].tolist()
    assert rules[:3] == ["likeliest 10%, top-k 8", "p >= 0.99, top-k 64", "rarest 5%, top-k 8"]


def test_ways_of_drawing() -> None:
    assert _found()["zhu-T5-a"].verdict == "equal within delta"
    apart = _found(LEVELS | {"more": 5.3})["zhu-T5-a"]
    assert apart.verdict == "inconclusive"
    assert apart.value == pytest.approx(100 * math.expm1(0.31), abs=0.3)
    assert apart.needed == "It takes the scores of tasks."
    alone = {name: level for name, level in LEVELS.items() if name != "more"}
    assert _found(alone)["zhu-T5-a"].verdict == "not run at this scale"


def test_perplexity_orders_rare_and_probable_tokens_and_decides_nothing_of_scores() -> None:
    found = _found()["zhu-T7-a"]
    assert (found.verdict, found.needed) == ("inconclusive", "It takes the scores of tasks.")
    assert found.low > 0
    assert found.explanation.startswith("The paper judges by the scores of tasks, which are not run here.")
    assert "fluctuates with the threshold is not judged" in found.explanation
    assert "p <= 0.001, top-k 8 below unedited: 2.0 percent" in found.explanation
    worse = _found(LEVELS | {"rare": 5.2})["zhu-T7-a"]
    assert worse.verdict == "inconclusive"
    assert worse.high < -1
    assert _found(noise=0.05)["zhu-T7-a"].verdict == "inconclusive"


@pytest.mark.parametrize(
    ("deleted", "redrawn", "noise", "support"),
    [
        (5.01, 5.1, 0.001, "our models support the logs"),
        (5.1, 4.99, 0.001, "our models support the caption"),
        (5.01, 5.02, 0.1, "our models cannot tell the two apart"),
    ],
)
def test_logs_against_the_caption(deleted: float, redrawn: float, noise: float, support: str) -> None:
    told = _found(LEVELS | {"deleted": deleted, "main": redrawn}, noise=noise)["zhu-T7-a"].explanation
    assert support in told
    assert "0.4 percent below the score of the unedited text" in told


def test_without_deletion_nothing_is_said_of_the_logs() -> None:
    kept = {name: level for name, level in LEVELS.items() if name != "deleted"}
    assert "logs" not in _found(kept)["zhu-T7-a"].explanation


def test_an_edited_mixture() -> None:
    assert _found()["zhu-D5-a"].verdict == "reproduced"
    assert "p >= 0.99, top-k 8 below 50% machine-written text: " in _found()["zhu-D5-a"].explanation


def test_one_seed_leaves_claims_open() -> None:
    assert {_found(seeds=1)[claim].verdict for claim in ("zhu-T5-a", "zhu-T7-a", "zhu-D5-a")} == {"inconclusive"}


def test_without_such_models_nothing_is_run() -> None:
    models = _models({"domain": 5.0}, 2)
    models = models[~models["architecture"].isin(["goes_on", "tuned"]) & (models["dataset"] != "mixed")]
    found = zhu_edited_training.check(
        perplexities=_perplexities(models, noise=0.01), trained_models=models, edits=EDITS, edit_counts=_counts(0.99)
    )
    assert {finding.verdict for finding in found} == {"not run at this scale"}
    assert continued(models, EDITS, instructions=False) == []
    assert zhu2024_continual_pretraining.rows(
        perplexities=_perplexities(models, noise=0.0), trained_models=models, edits=EDITS
    ).empty


def test_tables_hold_what_was_measured() -> None:
    models = _models(LEVELS, 2)
    scores = _perplexities(models, noise=0.0)
    table = zhu2024_continual_pretraining.rows(perplexities=scores, trained_models=models, edits=EDITS)
    lines = ["before: trained on human text", "unedited", "p >= 0.99, top-k 8"]
    assert table["trained_on"].drop_duplicates().tolist() == lines
    tuned = zhu2024_fine_tuning.rows(perplexities=scores, trained_models=models, edits=EDITS)
    answers = tuned[tuned["evaluated_on"] == "asked"]
    assert answers["trained_on"].tolist() == [
        "before: trained on human text",
        *["unedited"] * 2,
        *["p >= 0.99, top-k 8"] * 2,
    ]
    assert answers["value"].to_numpy() == pytest.approx(np.exp([6.0, 4.0, 4.0, 3.95, 3.95]))
    on_tasks = _task_scores(models, {"domain": 0.0, "main": 2.0})
    beside = zhu2024_continual_pretraining.rows(
        perplexities=scores, trained_models=models, edits=EDITS, task_scores=on_tasks
    )
    accuracies = beside[beside["evaluated_on"].str.endswith("(%)")]
    assert beside[~beside["evaluated_on"].str.endswith("(%)")].reset_index(drop=True).equals(table)
    assert accuracies.groupby(["evaluated_on", "trained_on"])["value"].mean().round(6).to_dict() == {
        ("average accuracy (%)", "p >= 0.99, top-k 8"): 47.05,
        ("average accuracy (%)", "unedited"): 45.05,
        ("next words (%)", "p >= 0.99, top-k 8"): 42.05,
        ("next words (%)", "unedited"): 40.05,
        ("word order (%)", "p >= 0.99, top-k 8"): 52.05,
        ("word order (%)", "unedited"): 50.05,
    }
    counts = pd.DataFrame(
        {"edit": EDITS["edit"], "generation": 1, "tokens": 200, "above": 30, "eligible": 20, "changed": 5}
    )
    ablations = zhu2024_ablations.rows(perplexities=scores, trained_models=models, edits=EDITS, edit_counts=counts)
    assert ablations["edited"].drop_duplicates().tolist() == [
        *("unedited", "p >= 0.99, top-k 8", "p >= 0.99, top-k 64", "p <= 0.001, top-k 8", "random positions"),
        "deletion, p >= 0.99",
    ]
    rows = ablations[ablations["edited"] == "random positions"].set_index("evaluated_on")["value"]
    assert rows["reviews"].to_numpy() == pytest.approx(math.exp(5.2))
    assert rows["other human text"].to_numpy() == pytest.approx(math.exp(5.7))
    shown = ablations.drop_duplicates("edited").set_index("edited")[["eligible", "changed"]]
    assert shown.loc["random positions"].tolist() == ["10.00%", "2.50%"]
    assert shown.loc["unedited"].tolist() == ["", ""]
    wide = widen(_compared(zhu2024_ablations, ablations), zhu2024_ablations.TABLE)
    assert [labels for labels, _, _ in wide.lines][:2] == [
        ("unedited", "\N{EN DASH}", "\N{EN DASH}"),
        ("p >= 0.99, top-k 8", "10.00%", "2.50%"),
    ]


def _compared(module: ModuleType, rows: pd.DataFrame) -> pd.DataFrame:
    table = module.TABLE
    return compare(rows, None, keys=table.keys, reported_value=None, best=table.best, bounds=table.bounds)


def test_captions_speak_of_what_the_table_holds() -> None:
    models = _models(LEVELS, 2)
    frames = {"perplexities": _perplexities(models, noise=0.0), "trained_models": models, "edits": EDITS}
    tuned = _compared(zhu2024_fine_tuning, zhu2024_fine_tuning.rows(**frames))
    plain = zhu2024_fine_tuning.TABLE.caption_of(tuned)
    assert not [word for word in ("in percent", "Random positions", "Deletion") if word in plain]
    going_on = zhu2024_continual_pretraining
    gains = {"domain": 0.0, "main": 2.0}
    full = going_on.TABLE.caption_of(
        _compared(going_on, going_on.rows(**frames, task_scores=_task_scores(models, gains)))
    )
    assert "Columns in percent" in full
    counts = pd.DataFrame(
        {"edit": EDITS["edit"], "generation": 1, "tokens": 200, "above": 30, "eligible": 20, "changed": 5}
    )

    def told(trained_models: pd.DataFrame) -> str:
        held = frames | {"trained_models": trained_models, "edit_counts": counts}
        return zhu2024_ablations.TABLE.caption_of(_compared(zhu2024_ablations, zhu2024_ablations.rows(**held)))

    for words in ("Random positions are a control", "Deletion leaves tokens out"):
        assert words in told(models)
    without = told(models[~models["dataset"].isin(["deleted", "random"])])
    assert not [word for word in ("in percent", "Random positions", "Deletion") if word in without]


def test_edits_of_several_texts_say_whose_they_are() -> None:
    models = _models(LEVELS, 1).query("architecture in ('gpt2', 'goes_on')")
    assert edited_words(models, models, EDITS) == {
        "domain": "reviews",
        "main": "p >= 0.99, top-k 8, of reviews",
        "more": "p >= 0.99, top-k 64, of reviews",
        "rare": "p <= 0.001, top-k 8, of reviews",
        "random": "random positions, of reviews",
        "deleted": "deletion, p >= 0.99, of reviews",
        "half": "50% machine-written text",
        "mixed": "p >= 0.99, top-k 8, of 50% machine-written text",
    }

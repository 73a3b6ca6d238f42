"""Claims, tables and figures of a pretraining experiment, on made-up perplexities whose truth is known."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from readings import unlike_limits

from uncollapse.analysis import style
from uncollapse.analysis.comparison import compare
from uncollapse.analysis.formatting import widen
from uncollapse.analysis.mixture_scores import controlled, subject_words, text_words
from uncollapse.analysis.verdict import Finding
from uncollapse.products.claims import (
    zhu_epochs,
    zhu_mixtures,
    zhu_second_architecture,
    zhu_selected_text,
    zhu_tasks,
    zhu_toedit,
)
from uncollapse.products.figures import (
    zhu2024_controls,
    zhu2024_figure1,
    zhu2024_figure2,
    zhu2024_figure3,
    zhu2024_mixtures,
)
from uncollapse.products.tables import (
    zhu2024_edited,
    zhu2024_edited_training,
    zhu2024_iterations,
    zhu2024_selections,
    zhu2024_table1,
    zhu2024_table8,
    zhu2024_table9,
    zhu2024_table10,
    zhu2024_table11,
    zhu2024_table12,
    zhu2024_table15,
)

# the logarithm of perplexity on human text, by machine-written share
LEVELS = {0.0: 5.0, 25.0: 5.05, 50.0: 5.1, 75.0: 5.2, 100.0: 5.8}
HUMAN = {"news": 1.0, "plays": 2.0, "logs": -0.1}  # times the damage
EDITS = pd.DataFrame(
    {
        "edit": ["reading", "toedit", "deletion"],
        "texts": ["news", "share_0", "share_0"],
        "control": [False, False, True],
        "action": ["resample", "resample", "delete"],
    }
).assign(threshold=0.99, direction=">=", positions="threshold", sampling="top_k", top_k=8, top_p=0.99, share=None)


def _models(levels: dict[float, float], seeds: int) -> pd.DataFrame:
    rows = [("gpt2", f"share_{share:g}", share, None, None, level) for share, level in levels.items()]
    rows += [("gpt2", "dsir", 100.0, "dsir", None, 5.79), ("gpt2", "easy", 100.0, "perplexity", None, 5.4)]
    rows += [("gpt2", "toedit", 0.0, None, "toedit", 4.99), ("gpt2", "deletion", 0.0, None, "deletion", 5.3)]
    rows += [("other", "share_0", 0.0, None, None, 9.0)]
    columns = ["architecture", "dataset", "machine_share_percent", "selection", "edit", "level"]
    frame = pd.DataFrame(rows, columns=columns).assign(
        part=0, tokens=1000, context=16, generator=None, epochs=1, how=None, domain=None, control=None
    )
    frame = frame.assign(family=frame["architecture"])
    frame = frame.merge(pd.DataFrame({"seed": range(seeds)}), how="cross")
    names = frame["architecture"] + "_" + frame["dataset"] + "-seed" + frame["seed"].astype(str)
    return frame.assign(model=names)


def _perplexities(models: pd.DataFrame, *, noise: float) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    rows = []
    for model in models.to_dict("records"):
        for corpus, factor in (HUMAN | {"chat": 0.0}).items():
            level = 5 + (model["level"] - 5) * factor + noise * rng.normal()
            rows.append(
                {
                    "model": model["model"], "dataset": "", "role": "downstream", "seed": model["seed"],
                    "corpus": corpus, "written_by": "machine" if corpus == "chat" else "human", "trained": True,
                    "perplexity": math.exp(level),
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def _curves(models: pd.DataFrame) -> pd.DataFrame:
    rows = [
        {"model": model["model"], "step": step, "examples": 4 * step, "validation_loss": model["level"] + 1 / step,
         "loss": 6 - model["machine_share_percent"] / 100 + 0.001 * model["seed"] + 1 / step}
        for model in models.to_dict("records")
        for step in (1, 2, 3, 4)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _counts(above: list[int]) -> pd.DataFrame:
    """Sixty documents of 100 tokens each, in as many generations."""
    rows = []
    for generation, count in enumerate(above, start=1):
        for document in range(60):
            few = count + document % 2
            rows.append(
                {
                    "edit": "reading", "generation": generation, "document_id": document, "tokens": 100,
                    "threshold": 0.99,
                    "above": few, "eligible": few, "changed": 1, "new_tokens": 100,
                    "probabilities": np.array([100 - few, 0, 0, 0, 0, 0, 0, 0, 0, few]),
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def _mixtures(levels: dict[float, float] = LEVELS, *, noise: float = 0.004, seeds: int = 3) -> dict[str, Finding]:
    models = _models(levels, seeds)
    found = zhu_mixtures.check(
        perplexities=_perplexities(models, noise=noise), pretraining_curves=_curves(models), trained_models=models
    )
    assert not unlike_limits(found)
    return {finding.id: finding for finding in found if not finding.reading}


def test_the_papers_pattern_is_reproduced() -> None:
    found = _mixtures()
    for claim in ("zhu-T1-a", "zhu-T1-b", "zhu-T1-c", "zhu-F2-a", "zhu-T13-b", "zhu-T13-c"):
        assert found[claim].verdict == "reproduced", found[claim]


def test_a_perplexity_that_falls_contradicts() -> None:
    found = _mixtures(LEVELS | {50.0: 4.9})
    assert found["zhu-T1-a"].verdict == "contradicted"
    assert found["zhu-F2-a"].verdict == "contradicted"
    assert found["zhu-T1-b"].verdict == "reproduced"


def test_the_last_step_must_be_most_of_the_damage() -> None:
    found = _mixtures(LEVELS | {50.0: 5.3, 75.0: 5.55, 100.0: 5.75})["zhu-T1-b"]
    assert found.verdict == "contradicted"
    assert found.statistic.endswith("least favourable of 4: last step over all others together")


@pytest.mark.parametrize("shares", [[50.0], [0.0, 100.0]])
def test_a_run_of_fewer_shares_says_what_the_claims_on_steps_take(shares: list[float]) -> None:
    found = _mixtures({share: LEVELS[share] for share in shares})
    assert found["zhu-T1-b"].verdict == found["zhu-T1-c"].verdict == "not run at this scale"
    assert found["zhu-T1-a"].verdict == ("reproduced" if len(shares) > 1 else "not run at this scale")


def test_a_selector_that_repairs_contradicts() -> None:
    found = _mixtures(LEVELS | {75.0: 5.5, 100.0: 6.7})
    assert found["zhu-T13-b"].verdict == "contradicted"  # dsir at 5.79 lies below 5.85, halfway from 5.0 to 6.7
    assert _mixtures(LEVELS | {75.0: 5.5, 100.0: 6.5})["zhu-T13-b"].verdict == "reproduced"  # and above 5.75
    assert found["zhu-T13-c"].verdict == "contradicted"  # the easy ones at 5.4 lie below the mixture


def test_a_selector_must_stay_above_the_mixture_in_every_domain_that_is_hurt() -> None:
    """The logs, whose perplexity falls with the damage, leave nothing to repair."""
    models = _models(LEVELS, 3)
    scores = _perplexities(models, noise=0.004)
    assert "logs" not in zhu_selected_text.check(perplexities=scores, trained_models=models)[2].explanation
    of_dsir = scores["model"].str.startswith("gpt2_dsir") & (scores["corpus"] == "plays")
    scores.loc[of_dsir, "perplexity"] *= 0.2
    found = zhu_selected_text.check(perplexities=scores, trained_models=models)[2]
    assert found.verdict == "contradicted"
    assert found.statistic.endswith("least favourable of 4: DSIR on plays")


def test_a_control_is_told_and_decides_nothing() -> None:
    """Human text of one other origin that harms as much as machine-written text, which does by 0.8 in logarithms."""
    plain = _models(LEVELS, 3)
    control = plain[plain["dataset"] == "share_100"].assign(dataset="wire", control="news_wire", level=5.8)
    control = control.assign(model="gpt2_wire-seed" + control["seed"].astype(str))
    models = pd.concat([plain, control])
    scores = _perplexities(models, noise=0.004)
    found = zhu_mixtures.check(
        perplexities=scores, pretraining_curves=_curves(models), trained_models=models
    )  # fmt: skip
    usual = _mixtures()
    (rise,) = (finding for finding in found if finding.id == "zhu-T1-a" and not finding.reading)
    assert "100% news wire against as much machine-written text: " in rise.explanation
    assert rise.verdict == usual["zhu-T1-a"].verdict
    assert "news wire" not in usual["zhu-T1-a"].explanation
    origins = controlled(scores, models).groupby("origin")["machine_share_percent"].unique()
    assert list(origins["news wire"]) == [100.0]
    assert len(origins["machine-written"]) == len(LEVELS)
    drawn = style.styled()(zhu2024_controls.draw)(perplexities=scores, trained_models=models)
    assert {text.get_text() for text in drawn.axes[0].texts} == {"machine-written", "news wire"}


def test_noise_and_a_single_seed_leave_claims_open() -> None:
    assert _mixtures(noise=1.0)["zhu-T1-a"].verdict == "inconclusive"
    assert _mixtures(seeds=1)["zhu-T1-a"].verdict == "inconclusive"


def test_without_selections_they_are_not_run() -> None:
    models = _models(LEVELS, 2)
    models = models[models["selection"].isna()]
    found = zhu_selected_text.check(perplexities=_perplexities(models, noise=0.01), trained_models=models)
    assert [finding.verdict for finding in found] == ["not run at this scale"] * 4


def _task_scores(models: pd.DataFrame, accuracies: dict[str, float], *, noise: float) -> pd.DataFrame:
    """Two tasks and two metrics, on the first architecture's models of some data sets."""
    rng = np.random.default_rng(0)
    asked = models[models["dataset"].isin(list(accuracies)) & (models["architecture"] == "gpt2")]
    rows = [
        {"model": model["model"], "dataset": "", "role": "downstream", "seed": model["seed"], "task": task,
         "metric": metric, "version": "1", "standard_error": 0.03, "items": 200,
         "value": accuracies[model["dataset"]] + noise * rng.normal() + (metric != "acc")}
        for model in asked.to_dict("records")
        for task in ("next_words", "word_order")
        for metric in ("acc", "other")
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _toedit(above: list[int], accuracies: dict[str, float] | None = None) -> dict[str, Finding]:
    models = _models(LEVELS, 3)
    found = zhu_toedit.check(
        edit_counts=_counts(above),
        edits=EDITS,
        perplexities=_perplexities(models, noise=0.002),
        trained_models=models,
        task_scores=None if accuracies is None else _task_scores(models, accuracies, noise=0.001),
    )
    assert not unlike_limits(found)
    return {finding.id: finding for finding in found if not finding.reading}


def test_falling_shares_and_their_ratio() -> None:
    found = _toedit([40, 38, 36])
    assert found["zhu-T9-a"].verdict == "reproduced"
    assert found["zhu-T9-b"].verdict == "reproduced"
    assert found["zhu-S5.3-a"].verdict == "contradicted"  # two bins, and further from half and half
    assert _toedit([40, 39, 20])["zhu-T9-b"].verdict == "contradicted"
    rising = _toedit([40, 42, 44])
    assert rising["zhu-T9-a"].verdict == "contradicted"
    flatter = _toedit([80, 70, 60])
    assert flatter["zhu-S5.3-a"].verdict == "reproduced"


def test_what_one_generation_of_edits_gave_is_told_of_one() -> None:
    assert "Before editing and after 1 generation." in _toedit([40, 39])["zhu-S5.3-a"].explanation


def test_one_generation_says_nothing_about_the_next() -> None:
    found = _toedit([40])
    assert {found[claim].verdict for claim in ("zhu-T9-a", "zhu-T9-b", "zhu-S5.3-a")} == {"not run at this scale"}


def test_perplexity_decides_nothing_about_tasks() -> None:
    finding = _toedit([40, 38])["zhu-T3-a"]
    assert finding.verdict == "inconclusive"
    assert finding.value > 0
    assert "Beside it: control, deletion, p >= 0.99: −" in finding.explanation


def test_models_as_good_within_a_percent_are_equal() -> None:
    models = _models(LEVELS, 5)
    quiet = models.assign(level=models["level"].where(models["dataset"] != "toedit", 4.999))

    def finding(noise: float) -> Finding:
        found = zhu_toedit.check(
            edit_counts=_counts([40, 38]), edits=EDITS, perplexities=_perplexities(quiet, noise=noise),
            trained_models=quiet,
        )  # fmt: skip
        return next(one for one in found if one.id == "zhu-T3-a" and not one.reading)

    assert finding(0.002).verdict == "equal within delta"
    assert "within 1 percent to both sides" in finding(0.002).explanation
    assert finding(0.03).verdict == "inconclusive"


def test_tasks_decide_where_they_were_run_after_training_on_edited_text() -> None:
    finding = _toedit([40, 38], {"share_0": 0.40, "share_50": 0.38, "toedit": 0.42, "deletion": 0.35})["zhu-T3-a"]
    assert finding.verdict == "reproduced"
    assert finding.value == pytest.approx(2.0, abs=0.2)
    assert "Measured: p >= 0.99, top-k 8 against human text: +" in finding.explanation
    assert "Beside it: control, deletion, p >= 0.99: −" in finding.explanation
    assert "on edited text (percent): p >= 0.99, top-k 8 against human text: 1.0 percent" in finding.explanation
    assert _toedit([40, 38], {"share_0": 0.42, "toedit": 0.40})["zhu-T3-a"].verdict == "contradicted"
    alone = _toedit([40, 38], {"share_0": 0.42, "share_50": 0.40})["zhu-T3-a"]
    assert alone == _toedit([40, 38])["zhu-T3-a"]


def test_accuracies_stand_beside_perplexities_with_their_own_bounds_and_best_seed() -> None:
    models = _models(LEVELS, 2)
    scores, table = _perplexities(models, noise=0.01), zhu2024_edited_training.TABLE
    on_tasks = _task_scores(models, {"share_0": 0.004, "toedit": 0.42}, noise=0.003)
    rows = zhu2024_edited_training.rows(perplexities=scores, trained_models=models, edits=EDITS, task_scores=on_tasks)
    before = zhu2024_edited_training.rows(perplexities=scores, trained_models=models, edits=EDITS)
    assert rows.iloc[: len(before)].equals(before.reset_index(drop=True))
    shown = compare(rows, None, keys=table.keys, reported_value=None, best=table.best, bounds=table.bounds)
    wide = widen(shown, table)
    assert [column for column, _ in wide.columns][-3:] == ["average accuracy (%)", "next words (%)", "word order (%)"]
    assert [cells[-3] != ("not run",) for _, cells, _ in wide.lines] == [True, True, False]
    shown = shown.set_index(["trained_on", "evaluated_on"])
    accuracy = shown.loc["human text (as it was)", "average accuracy (%)"]
    assert accuracy["ours_low"] < 1  # below which no perplexity lies
    assert accuracy["ours_best"] > accuracy["ours_mean"]
    perplexity = shown.loc["human text (as it was)", "news"]
    assert perplexity["ours_best"] < perplexity["ours_mean"]


def test_tables_hold_what_was_measured() -> None:
    models = _models(LEVELS, 2)
    scores = _perplexities(models, noise=0.0)
    table = zhu2024_table1.rows(perplexities=scores, trained_models=models)
    assert len(table) == 5 * 5 * 2  # shares, corpora with their average, seeds
    cell = table[(table["synthetic_share_percent"] == 100) & (table["validation_set"] == "plays")]
    assert cell["value"].to_numpy() == pytest.approx(math.exp(5 + 2 * 0.8))
    average = table[(table["synthetic_share_percent"] == 0) & (table["validation_set"] == zhu2024_table1.AVERAGE)]
    assert average["value"].to_numpy() == pytest.approx(math.exp(5))
    selections = zhu2024_selections.rows(perplexities=scores, trained_models=models)
    chosen = selections["trained_on"].drop_duplicates().tolist()[-3:]
    assert chosen == [f"100% machine-written{by}" for by in ("", ", DSIR", ", perplexity filter")]
    caption = zhu2024_selections.TABLE.caption_of(selections)
    assert "DSIR draws" in caption
    assert "density" not in caption
    assert "elector" not in zhu2024_selections.TABLE.caption_of(selections[selections["trained_on"] == "0%"])
    edited = zhu2024_edited_training.rows(perplexities=scores, trained_models=models, edits=EDITS)
    assert edited["trained_on"].drop_duplicates().tolist() == [
        "human text (as it was)",
        "p >= 0.99, top-k 8",
        "deletion, p >= 0.99",
    ]


def test_tables_of_edits() -> None:
    counts = _counts([20, 10])
    eight = zhu2024_table8.rows(edit_counts=counts, edits=EDITS)
    assert eight["value"].tolist() == [79.5, *[0.0] * 8, 20.5]
    nine = zhu2024_table9.rows(edit_counts=counts, edits=EDITS)
    assert nine["value"].tolist() == [20.5, 10.5]
    both = zhu2024_edited.rows(edit_counts=counts, edits=EDITS, trained_models=_models(LEVELS, 1))
    assert set(zip(both["edit"], both["texts"], strict=True)) == {("p >= 0.99, top-k 8", "news")}
    assert both[both["counted"] == "changed"]["value"].tolist() == [1.0, 1.0]


def test_data_sets_have_words() -> None:
    models = _models(LEVELS, 1)
    later = models.query("dataset == 'share_0'").assign(dataset="other", part=1)
    twice = models.query("dataset == 'dsir'").assign(dataset="dsir_more")
    read = models.query("dataset == 'share_0'").assign(dataset="read", domain="old_books")
    asked = read.assign(dataset="asked", instructions=True)
    words = text_words(pd.concat([models, later, twice, read, asked]))
    assert {name: words[name] for name in ("share_0", "share_50", "other", "read", "asked", "toedit")} == {
        "share_0": "human text",
        "share_50": "50% machine-written text",
        "other": "other human text",
        "read": "old books",
        "asked": "answers to instructions",
        "toedit": "toedit",
    }
    assert words["easy"] == "machine-written text (perplexity filter)"
    assert words["dsir_more"] == "machine-written text (DSIR) (dsir more)"
    assert subject_words(["human", "my_text", "dsir"], models) == {
        "human": "human",
        "my_text": "my text",
        "dsir": "machine, DSIR",
    }
    assert subject_words(["dsir_more"], pd.concat([models, twice])) == {"dsir_more": "machine, DSIR (dsir more)"}


def test_priors_say_where_they_come_from() -> None:
    frame = pd.DataFrame(
        [(prior, subject, 10.0 * place + 1) for prior in ("big", "small") for subject in ("human", "dsir")
         for place in range(20)],
        columns=["prior", "subject", "perplexity"],
    )  # fmt: skip
    figure = style.styled()(zhu2024_figure3.draw)(
        document_perplexities=frame,
        subjects=["human", "dsir"],
        references=["big"],
        trained_models=_models(LEVELS, 1),
    )
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == ["under big (pretrained)", "under small (trained here)"]
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == ["human", "machine, DSIR"]


def test_figures_are_drawn() -> None:
    models = _models(LEVELS, 2)
    figure = style.styled()(zhu2024_figure2.draw)(pretraining_curves=_curves(models), trained_models=models)
    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        "training loss (nats per token)",
        "perplexity on held-out human text",
    ]
    right = figure.axes[1]
    assert right.get_xlim()[0] == figure.axes[0].get_xlim()[0] == 0
    low, high = right.get_ylim()
    ticks = [text.get_text() for text in right.get_yticklabels()]
    assert len(ticks) >= 4
    assert all(low <= float(text.replace(",", "")) <= high and text.endswith("0") for text in ticks)
    reported = pd.DataFrame(
        {"synthetic_share_percent": [0, 100], "validation_set": ["average"] * 2, "perplexity": [21.37, 49.3]}
    )
    figure = style.styled()(zhu2024_mixtures.draw)(
        perplexities=_perplexities(models, noise=0.01), trained_models=models, reported_zhu2024_table1=reported
    )
    lines = [line for axes in figure.axes for line in axes.get_lines() if len(line.get_xdata()) == 5]
    assert len(lines) >= len(HUMAN)


def _with_levels(
    levels: dict[tuple[str, int, float], float], *, noise: float = 0.004
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Models and perplexities of plain mixtures, by entry of config, epochs and share."""
    rows = [
        {"architecture": entry, "family": "olmo2" if entry == "olmo2" else "gpt2", "epochs": epochs,
         "dataset": f"share_{share:g}", "machine_share_percent": share, "level": level, "seed": seed,
         "selection": None, "edit": None, "generator": None, "control": None, "part": 0, "tokens": 1000, "context": 16,
         "how": None, "domain": None, "model": f"{entry}_share_{share:g}-seed{seed}"}
        for (entry, epochs, share), level in levels.items()
        for seed in range(3)
    ]  # fmt: skip
    models = pd.DataFrame(rows)
    return models, _perplexities(models, noise=noise)


def _epochs(gaps: dict[int, float]) -> Finding:
    levels = {
        (f"gpt2_{epochs}", epochs, share): 5.2 - 0.1 * epochs + gap * share / 100
        for epochs, gap in gaps.items()
        for share in (0.0, 50.0, 100.0)
    }
    models, scores = _with_levels(levels)
    (finding,) = zhu_epochs.check(perplexities=scores, trained_models=models)
    return finding


def test_repeating_the_data_leaves_the_gap_or_closes_it() -> None:
    assert _epochs({1: 1.0, 5: 0.9}).verdict == "reproduced"
    assert _epochs({1: 1.0, 5: 0.2}).verdict == "contradicted"
    assert _epochs({1: 1.0, 5: -0.2}).verdict == "contradicted"
    assert _epochs({1: 1.0}).verdict == "not run at this scale"


def test_tables_by_epochs_share_their_cells() -> None:
    levels = {(f"gpt2_{epochs}", epochs, share): 5.0 + epochs for epochs in (1, 2) for share in (0.0, 25.0, 100.0)}
    models, scores = _with_levels(levels, noise=0.0)
    mixed = zhu2024_table12.rows(perplexities=scores, trained_models=models)
    pure = zhu2024_table15.rows(perplexities=scores, trained_models=models)
    assert set(mixed["synthetic_share_percent"]) == {25}
    assert set(pure["synthetic_share_percent"]) == {0, 100}
    assert len(mixed) + len(pure) == 6 * 3 * 5  # models with their seeds, corpora with their average
    plays = mixed[(mixed["evaluation_set"] == "plays") & (mixed["epochs"] == 2)]
    assert plays["value"].to_numpy() == pytest.approx(math.exp(5 + 2 * 2))


def _second(levels: dict[float, float]) -> Finding:
    first = {("gpt2", 1, share): 5.0 for share in (0.0, 100.0)}
    models, scores = _with_levels(first | {("olmo2", 1, share): level for share, level in levels.items()})
    (finding,) = zhu_second_architecture.check(perplexities=scores, trained_models=models)
    return finding


def test_a_quarter_is_harmless_or_not() -> None:
    rising = {25.0: 5.01, 50.0: 5.2, 75.0: 5.4, 100.0: 6.0}
    assert _second({0.0: 5.0} | rising).verdict == "reproduced"
    assert _second({0.0: 4.7} | rising).verdict == "contradicted"
    assert _second({0.0: 5.0} | rising | {75.0: 5.0}).verdict == "contradicted"
    models, scores = _with_levels({("gpt2", 1, 0.0): 5.0, ("gpt2", 1, 100.0): 5.5})
    (finding,) = zhu_second_architecture.check(perplexities=scores, trained_models=models)
    assert finding.verdict == "not run at this scale"


def _tasks(first: list[float], second: list[float], *, noise: float = 0.001) -> dict[str, Finding]:
    shares = (0.0, 50.0, 100.0)
    levels = {("gpt2", 1, share): 5.0 for share in shares} | {("olmo2", 1, share): 5.0 for share in shares}
    models, _ = _with_levels(levels)
    truth = dict(zip(levels, [*first, *second], strict=True))
    rng = np.random.default_rng(0)
    rows = [
        {"model": model["model"], "dataset": "", "role": "downstream", "seed": model["seed"], "task": task,
         "metric": metric, "version": "1", "standard_error": 0.03, "items": 200,
         "value": truth[model["architecture"], 1, model["machine_share_percent"]] + noise * rng.normal()}
        for model in models.to_dict("records")
        for task in ("next_words", "word_order")
        for metric in ("acc", "acc_norm")
    ]  # fmt: skip
    scores = pd.DataFrame(rows)
    assert len(zhu2024_table10.rows(task_scores=scores, trained_models=models)) == 3 * 3 * 3
    assert len(zhu2024_table11.rows(task_scores=scores, trained_models=models)) == 3 * 3 * 3
    return {
        finding.id: finding
        for finding in zhu_tasks.check(task_scores=scores, trained_models=models)
        if not finding.reading
    }


def test_downstream_scores_fall_unevenly_or_evenly() -> None:
    found = _tasks([0.40, 0.42, 0.38], [0.400, 0.395, 0.390])
    assert found["zhu-T10-a"].verdict == "reproduced"
    assert found["zhu-T11-a"].verdict == "reproduced"
    found = _tasks([0.42, 0.40, 0.38], [0.40, 0.39, 0.30])
    assert found["zhu-T10-a"].verdict == "contradicted"  # no step rises
    assert found["zhu-T11-a"].verdict == "contradicted"  # ten points are not slight
    assert _tasks([0.4] * 3, [0.4] * 3, noise=0.05)["zhu-T11-a"].verdict == "inconclusive"


def test_generations_are_beside_what_they_begin_with() -> None:
    models = _models(LEVELS, 2).replace({"dataset": {"share_25": "own_1", "share_50": "mixed_1", "share_75": "own_2"}})
    iterations = pd.DataFrame(
        [("share_0", None, 0, "share_0"), ("own_1", "own text", 1, "share_0"), ("own_2", "own text", 2, "share_0"),
         ("mixed_1", "own and human text", 1, "share_0")],
        columns=["dataset", "process", "generation", "root"],
    )  # fmt: skip
    scores = _perplexities(models, noise=0.0)
    rows = zhu2024_iterations.rows(perplexities=scores, trained_models=models, iterations=iterations)
    assert rows.groupby(["process", "generation"]).size().to_dict() == {
        ("own and human text", 0): 2, ("own and human text", 1): 2,
        ("own text", 0): 2, ("own text", 1): 2, ("own text", 2): 2,
    }  # fmt: skip
    caption = zhu2024_iterations.TABLE.caption_of(rows)
    assert "on text that the one before wrote (own text), or on such text and human text" in caption
    assert "edited by the model" not in caption
    figure = style.styled()(zhu2024_figure1.draw)(perplexities=scores, trained_models=models, iterations=iterations)
    course, outcome = figure.axes
    assert [len(line.get_xdata()) for line in course.get_lines()].count(3) >= 1
    assert [text.get_text() for text in course.texts] == ["that and human text", "the last one's text"]
    value = rows.groupby(["process", "generation"])["value"].first()
    steps = [("own and human text", 1, "generation"), ("own text", 2, "generations")]
    told = [f"{value[name, n] / value[name, 0]:.2f} times after {n} {word}" for name, n, word in steps]
    assert [text.get_text() for text in outcome.texts] == told

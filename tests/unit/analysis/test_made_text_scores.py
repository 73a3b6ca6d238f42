"""Models on one corpus as it is, written from, rephrased and edited, as Table 14 has them."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from uncollapse.analysis.comparison import compare
from uncollapse.analysis.formatting import to_markdown
from uncollapse.analysis.mixture_scores import plain
from uncollapse.products.tables.zhu2024_synthesis import OTHERS, TABLE, of_made_text, rows

EDITS = pd.DataFrame(
    {"edit": ["toedit", "random", "of_others"], "texts": ["only", "only", "mixed"], "control": [False, True, False]}
)
LEVELS = {"only": 3.0, "written": 4.0, "reworded": 3.5, "edited": 3.1, "shuffled": 3.2, "foreign": 9.0}


def _models() -> pd.DataFrame:
    rows = [("main", "mixed", None, None, None), ("main", "by_itself", None, None, "news")]
    rows += [
        ("rewritten", "foreign", "of_others", None, None),
        ("rewritten", "shuffled", "random", None, None),
        ("rewritten", "written", None, "synthetic", "news"),
        ("rewritten", "reworded", None, "rephrased", "news"),
        ("rewritten", "only", None, None, "news"),
        ("rewritten", "edited", "toedit", None, None),
    ]
    frame = pd.DataFrame(rows, columns=["architecture", "dataset", "edit", "how", "domain"])
    frame = frame.assign(machine_share_percent=0.0, selection=None, generator=None, control=None, part=0, tokens=100)
    frame = frame.merge(pd.DataFrame({"seed": [0, 1]}), how="cross")
    return frame.assign(model=frame["architecture"] + frame["dataset"] + frame["seed"].astype(str))


def _perplexities(models: pd.DataFrame) -> pd.DataFrame:
    found = []
    for model in models.to_dict("records"):
        for corpus, more in {"news": 0.0, "plays": 1.0, "logs": 3.0, "chat": 7.0}.items():
            level = LEVELS.get(model["dataset"], 1.0) + more + 0.1 * model["seed"]
            who = "machine" if corpus == "chat" else "human"
            found.append((model["model"], "", "", 0, corpus, who, math.exp(level)))
    columns = ["model", "dataset", "role", "seed", "corpus", "written_by", "perplexity"]
    return pd.DataFrame(found, columns=columns)


def test_each_method_has_one_data_set_of_the_same_corpus() -> None:
    models = _models()
    found = of_made_text(_perplexities(models), models, EDITS).set_index(["method", "evaluated_on", "seed"])["value"]
    assert len(found) == 4 * 2 * 2
    for method, name in {
        "original": "only",
        "synthetic": "written",
        "rephrased": "reworded",
        "edited": "edited",
    }.items():
        assert math.log(found[method, "news", 1]) == pytest.approx(LEVELS[name] + 0.1)
        assert math.log(found[method, OTHERS, 0]) == pytest.approx(LEVELS[name] + 2.0)


def test_there_may_be_no_such_models() -> None:
    models = _models()
    models = models[models["architecture"] == "main"]
    assert of_made_text(_perplexities(models), models, EDITS).empty


def test_models_on_one_corpus_are_no_mixtures() -> None:
    assert set(plain(_models())["dataset"]) == {"mixed"}


def test_the_table_has_costs_texts_and_models_side_by_side() -> None:
    costs, texts = [], []
    for passage in range(3):
        texts.append(("original", passage, 1.0, 1.0))
        for method, passes in {"synthetic": 50, "rephrased": 50, "edited": 1}.items():
            costs.append((method, passage, 50, passes, 60))
            texts.append((method, passage, 0.9 + 0.05 * passage, 0.5 if passage else None))
    models = _models()
    found = rows(
        synthesis_costs=pd.DataFrame(costs, columns=["method", "passage_id", "tokens", "passes", "positions"]),
        synthesis_texts=pd.DataFrame(texts, columns=["method", "passage_id", "distinct_bigrams", "words_kept"]),
        perplexities=_perplexities(models),
        trained_models=models,
        edits=EDITS,
    )
    compared = compare(found, None, keys=TABLE.keys, reported_value=None, best=TABLE.best, bounds=TABLE.bounds)
    cells = compared.set_index(["method", "quantity"])
    assert cells.loc[("edited", "passes"), "ours_mean"] == 0.02
    assert cells.loc[("synthetic", "words_kept"), "seeds"] == 2, "a text without words has no share"
    assert cells.loc[("synthetic", "distinct_bigrams"), "ours_high"] == 100.0, "no more than all"
    assert cells.loc[("rephrased", "perplexity on news"), "ours_mean"] > math.exp(3.5)
    lines = [line for line in to_markdown(compared, TABLE).splitlines() if line.startswith("| ")]
    assert [line.split("|")[1].strip().split()[0] for line in lines[2:]] == ["nothing:", "its", "rephrased", "edited"]
    assert "0.0200 [0.0200, 0.0200]" in lines[-1]
    heads = [cell.partition(":")[0].strip() for cell in lines[0].split("|")[2:-2]]
    assert heads[::2] == ["passes per token", "distinct bigrams, %", "perplexity on news"]
    assert heads[-1] == f"perplexity on {OTHERS}"
    dash = "\N{EN DASH}"
    assert [cell.strip() for cell in lines[2].split("|")[2:4]] == [dash, dash], "human text takes no passes"
    assert "those of perplexities over seeds" in TABLE.caption_of(compared)
    assert "erplexit" not in TABLE.caption_of(compared[~compared["quantity"].str.startswith("perplexity")])

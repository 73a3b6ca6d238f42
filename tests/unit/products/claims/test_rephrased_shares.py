"""The sweep over shares of rephrased text, on models as they might come out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from readings import unlike_limits

from uncollapse.analysis import style
from uncollapse.analysis.rephrased import by_share, sweep
from uncollapse.analysis.verdict import Finding
from uncollapse.products.claims import outside_rephrased
from uncollapse.products.figures import rephrased_shares

SHARES = (0, 10, 30, 50, 70, 90)
PAPER = pd.DataFrame(
    {"validation_set": "average", "synthetic_share_percent": [0, 50, 100], "perplexity": [21.0, 24.0, 49.0]}
)


def frames(levels: dict[int, float], *, seeds: int = 3) -> dict[str, pd.DataFrame]:
    """Models of these log perplexities by share of rephrased news, beside plain mixtures of 0 and 100%."""
    rows = [("gpt2", f"human_{share}", float(share), None, None, 5 + share / 100) for share in (0, 100)]
    rows += [("sweep", f"news_{s}", float(s), "rephrased" if s else None, "news", level) for s, level in levels.items()]
    rows += [("sweep", "other", 30.0, "rephrased", "reviews", 9.0), ("sweep", "written", 0.0, "synthetic", "news", 9.0)]
    models = pd.DataFrame(
        rows, columns=["architecture", "dataset", "machine_share_percent", "how", "domain", "level"]
    ).assign(part=0, tokens=1000, selection=None, edit=None, generator=None, control=None)
    models = models.merge(pd.DataFrame({"seed": range(seeds)}), how="cross")
    models["model"] = models["dataset"] + models["seed"].astype(str)
    rng = np.random.default_rng(0)
    scores = [
        {"model": row.model, "dataset": "", "role": "", "seed": 0, "corpus": corpus, "written_by": written_by}
        | {"perplexity": np.exp(row.level + further + 0.001 * rng.normal())}
        for row in models.itertuples()
        for corpus, written_by, further in (("news", "human", 0.0), ("plays", "human", 1.0), ("chat", "machine", 9.0))
    ]
    return {"perplexities": pd.DataFrame(scores), "trained_models": models}


def finding(levels: dict[int, float]) -> Finding:
    (found,) = outside_rephrased.check(**frames(levels))
    return found


def test_a_sweep_is_one_corpus_of_one_entry() -> None:
    models = sweep(frames(dict.fromkeys(SHARES, 5.0))["trained_models"])
    assert models.drop_duplicates("dataset")["share"].tolist() == list(SHARES)
    whole = frames({0: 5.0, 50: 5.0})["trained_models"].replace({"how": {"synthetic": "rephrased"}})
    assert sort_of(sweep(whole)) == {"news_0": 0, "news_50": 50, "written": 100}  # all of it where no share is given


def sort_of(models: pd.DataFrame) -> dict[str, float]:
    return models.drop_duplicates("dataset").set_index("dataset")["share"].to_dict()


def test_perplexities_stand_by_text_and_share() -> None:
    found = by_share(**frames({0: 5.0, 70: 4.0}))
    means = found.groupby(["text", "share"])["value"].mean()
    assert means["rephrased text, on its corpus", 70] == pytest.approx(4.0, abs=0.01)
    assert means["rephrased text, on others", 70] == pytest.approx(5.0, abs=0.01)
    assert means["machine-written text", 100] == pytest.approx(6.5, abs=0.01)  # human corpora alone, their mean


def test_perplexity_says_how_shares_compare_and_decides_nothing_of_tasks() -> None:
    best = dict.fromkeys(SHARES, 5.0) | {70: 4.9}
    assert finding(best).verdict == "inconclusive"
    assert finding(best).value == pytest.approx(100 * np.expm1(0.1), abs=0.5)
    rising = finding({share: 5 + share / 100 for share in SHARES})
    assert rising.verdict == "inconclusive"
    assert rising.value == pytest.approx(100 * np.expm1(-0.7), abs=0.5)
    assert "scores need not follow" in rising.explanation
    assert finding({0: 5.0, 50: 4.9}).verdict == "not run at this scale"
    assert unlike_limits([finding(best)]) == {}


def test_the_figure_has_a_line_for_each_text_beside_the_papers() -> None:
    given = frames({0: 5.0, 30: 5.1, 70: 4.9})
    (axes,) = style.styled()(rephrased_shares.draw)(**given, reported_zhu2024_table1=PAPER).axes
    assert {text.get_text() for text in axes.texts} == {
        "Zhu et al.", "machine-written text", "rephrased text, on its corpus", "rephrased text, on others",
    }  # fmt: skip
    without = {name: frame[~frame["model"].str.startswith("news")] for name, frame in given.items()}
    without["trained_models"] = without["trained_models"].query("how != 'rephrased'")
    (axes,) = style.styled()(rephrased_shares.draw)(**without, reported_zhu2024_table1=PAPER).axes
    assert {text.get_text() for text in axes.texts} == {"Zhu et al.", "machine-written text"}

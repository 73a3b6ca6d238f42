"""Table 14 of Zhu et al. 2024 as a measurement: what ways of making text take, what the texts are like and teach."""

import numpy as np
import pandas as pd

from uncollapse.analysis.edited_scores import OTHERS
from uncollapse.analysis.mixture_scores import named
from uncollapse.analysis.table import Layout, Table

_METHODS = {
    "original": "nothing: human text",
    "synthetic": "its own text",
    "rephrased": "rephrased text",
    "edited": "edited text (ToEdit)",
}
_COSTS = {"passes": "passes per token", "positions": "positions read per token"}
_SHARES = {"distinct_bigrams": "distinct bigrams, %", "words_kept": "words of the passage, %"}
_PERPLEXITY = "perplexity on "

_MADE = (
    "One model and the same passages: it goes on from their first words, rephrases them by an instruction, or edits "
    "them. Passes, which follow one another, and positions that it reads in them, for each token of the text that "
    "comes out: editing takes a pass for each text, but reads as many positions. Of the texts: the share of bigrams "
    "that differ within the first 40 words, and the share of their words that the passage has, each as often as there "
    "(precision of ROUGE-1). Intervals are over texts"
)
_TAUGHT = (
    ", those of perplexities over seeds. Perplexities are those of models trained from scratch on as many tokens of "
    "such texts, on held-out human text of the corpus that was read and of others (geometric mean); the edited text "
    "they learn was edited by a small model of the experiment"
)


def _caption(comparison: pd.DataFrame) -> str:
    taught = comparison["quantity"].str.startswith(_PERPLEXITY).any()
    return f"{_MADE}{_TAUGHT if taught else ''}."


TABLE = Table(
    title="What a model does for a text, and what the text is worth",
    source="after Zhu et al. 2024, Table 14, which compares in words",
    caption=_caption,
    keys=("method", "quantity"),
    unit="the unit of each column",
    best="min",
    bounds=lambda row: (0.0, 100.0 if row["quantity"] in _SHARES else float("inf")),
    measures=("ours",),
    repeats="texts or seeds",
    logarithms=lambda row: row["quantity"].startswith(_PERPLEXITY),
    layout=Layout(
        row_heads=("the model makes",),
        row_label=lambda row: (_METHODS[row["method"]],),
        column_label=lambda row: _label(row["quantity"]),
        column_order=lambda row: _order(row["quantity"]),
        exists=lambda labels, column: labels != (_METHODS["original"],) or column not in _COSTS.values(),
        decimals=lambda row: 4 if row["quantity"] in _COSTS else 1,
    ),
)


def rows(
    *,
    synthesis_costs: pd.DataFrame,
    synthesis_texts: pd.DataFrame,
    perplexities: pd.DataFrame,
    trained_models: pd.DataFrame,
    edits: pd.DataFrame,
) -> pd.DataFrame:
    """method, quantity, seed (the passage, or a model's seed), value."""
    costs = synthesis_costs.assign(**{name: synthesis_costs[name] / synthesis_costs["tokens"] for name in _COSTS})
    shares = synthesis_texts.assign(**{name: 100 * synthesis_texts[name] for name in _SHARES})
    measured = [
        frame.melt(["method", "passage_id"], list(names), var_name="quantity", value_name="value").rename(
            columns={"passage_id": "seed"}
        )
        for frame, names in ((costs, _COSTS), (shares, _SHARES))
    ]
    trained = of_made_text(perplexities, trained_models, edits)
    trained = trained.assign(quantity=_PERPLEXITY + trained["evaluated_on"].astype(str))
    found = pd.concat([frame[[*TABLE.keys, "seed", "value"]] for frame in (*measured, trained)], ignore_index=True)
    found = found.dropna(subset="value")  # a text without words has no shares
    return found.sort_values("method", key=lambda column: column.map(list(_METHODS).index), kind="stable")


def _order(quantity: str) -> tuple[int, bool]:
    """Costs, then shares, then perplexities: on the corpus before others."""
    known = [*_COSTS, *_SHARES]
    return (known.index(quantity) if quantity in known else len(known)), quantity == _PERPLEXITY + OTHERS


def _label(quantity: str) -> str:
    return (_COSTS | _SHARES).get(quantity, quantity.replace("_", " "))


def of_made_text(perplexities: pd.DataFrame, trained_models: pd.DataFrame, edits: pd.DataFrame) -> pd.DataFrame:
    """method, evaluated_on (the corpus, or OTHERS), seed, value: the first models of config that learn written text.

    The value is the perplexity on held-out human text, over corpora the geometric mean. Empty without such models.
    """
    models = _by_method(trained_models, edits)
    scores = named(perplexities, models)
    scores = scores[scores["written_by"] == "human"]
    scores = scores.assign(
        evaluated_on=np.where(scores["corpus"] == scores["read"], scores["corpus"], OTHERS),
        value=np.log(scores["perplexity"].astype(float)),
    )
    found = scores.groupby(["method", "evaluated_on", "seed"], sort=False)["value"].mean().reset_index()
    return found.assign(value=np.exp(found["value"]))


def _by_method(trained_models: pd.DataFrame, edits: pd.DataFrame) -> pd.DataFrame:
    """The models with ``method`` and ``read``, the corpus that was written from; one data set for each method."""
    shared = trained_models["how"].notna() & trained_models["machine_share_percent"].between(
        0, 100, inclusive="neither"
    )
    trained_models = trained_models[~shared]  # mixtures of written text and passages as they are
    writing = trained_models[trained_models["how"].notna()]
    if writing.empty:
        return writing.assign(method=None, read=None)
    corpus = writing["domain"].iloc[0]
    models = trained_models[trained_models["architecture"] == writing["architecture"].iloc[0]].assign(read=corpus)
    own = (models["domain"] == corpus) & models["edit"].isna()
    method = models["how"].where(own).mask(own & models["how"].isna(), "original")
    originals = models.loc[method == "original", "dataset"]
    of_original = edits[edits["texts"].isin(originals) & ~edits["control"].astype(bool)]["edit"]
    models = models.assign(method=method.mask(models["edit"].isin(of_original), "edited"))
    models = models[models["method"].notna()]
    first = models.groupby("method", sort=False)["dataset"].transform("first")
    return models[models["dataset"] == first]

"""Table 16 of Zhu et al. 2024: size of the text that data sets are mixed from, by source."""

import pandas as pd

from uncollapse.analysis.table import Layout, Row, Table

# the paper's columns, in its units: what one of them counts
_UNITS = {"utf8_size_gb": 1e9, "documents_million": 1e6, "unicode_words_billion": 1e9, "llama_tokens_billion": 1e9}
_COLUMNS = {
    "utf8_size_gb": "UTF-8 GB",
    "documents_million": "documents, millions",
    "unicode_words_billion": "words, billions",
    "llama_tokens_billion": "tokens, billions",
}
_OURS = "ours, written by {}"
_WRITERS = {"human": "people", "control": "people, as a control", "machine": "a model"}


def _decimals(row: Row) -> int:
    """Ours is smaller by a factor of about a million."""
    return 7 if str(row["document_type"]).startswith(_OURS.format("")) else 3


TABLE = Table(
    title="Size of the text that models are trained on, by source",
    source="Zhu et al. 2024, Table 16, quoted there from Soldaini et al. 2024",
    caption=(
        "Dolma v1.6, of which the paper samples its human text, beside the training passages of this run, which data "
        "sets are mixed from. Tokens are those of a Llama tokenizer in the paper and of the run's own here. The paper "
        "prints a total of 11,519 GB of UTF-8 bytes; its rows sum to 11,498.6."
    ),
    keys=("source", "document_type", "counted"),
    reported_value="value",
    unit="the units that columns name",
    bounds=(0.0, float("inf")),
    measures=("ours", "paper"),
    repeats="one run",
    ours_first=True,
    layout=Layout(
        row_heads=("source", "what"),
        row_label=lambda row: (row["source"], str(row["document_type"] or "").replace("_", " ")),
        column_label=lambda row: _COLUMNS[row["counted"]],
        column_order=lambda row: list(_COLUMNS).index(row["counted"]),
        decimals=_decimals,
    ),
)


def rows(*, training_passages: pd.DataFrame, training_tokens: pd.DataFrame) -> pd.DataFrame:
    """source, document_type, counted, seed, value: each corpus, in the order of the passages."""
    passages = training_passages.assign(words=training_passages["text"].str.split().str.len())
    tokens = training_tokens.assign(tokens=training_tokens["ids"].str.len())
    keys = ["corpus", "written_by"]
    counts = passages.groupby(keys, sort=False).agg(
        documents_million=("document_id", "nunique"), unicode_words_billion=("words", "sum")
    )
    sizes = tokens.groupby(keys, sort=False).agg(utf8_size_gb=("bytes", "sum"), llama_tokens_billion=("tokens", "sum"))
    wide = counts.join(sizes).reset_index()
    wide = wide.assign(source=wide["corpus"], document_type=[_OURS.format(_WRITERS[who]) for who in wide["written_by"]])
    long = wide.melt(["source", "document_type"], list(_UNITS), var_name="counted", value_name="value")
    return long.assign(seed=0, value=long["value"] / long["counted"].map(_UNITS))[[*TABLE.keys, "seed", "value"]]

"""Table 16: sizes of our own text, counted by hand, beside the printed ones."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from uncollapse.analysis.comparison import compare, read_reported
from uncollapse.analysis.formatting import to_markdown
from uncollapse.products.tables.zhu2024_table16 import TABLE, rows

PRINTED = Path(__file__).parents[4] / "workflow/reported/zhu2024_table16.csv"


def _ours() -> pd.DataFrame:
    about = {"corpus": ["news", "news", "chat"], "written_by": ["human", "human", "machine"]}
    passages = pd.DataFrame({**about, "document_id": [0, 0, 0], "text": ["It rains.", "It snows now.", "Sure!"]})
    tokens = pd.DataFrame({**about, "bytes": [9, 13, 5], "ids": [[1, 2, 3], [1, 2], [7]]})
    return rows(training_passages=passages, training_tokens=tokens)


def test_our_text_is_counted_in_the_paper_s_units() -> None:
    ours = _ours()
    assert list(dict.fromkeys(ours["document_type"])) == ["ours, written by people", "ours, written by a model"]
    news = ours[ours["source"] == "news"].set_index("counted")["value"].to_dict()
    assert news == pytest.approx(
        {
            "utf8_size_gb": 22e-9,
            "documents_million": 1e-6,
            "unicode_words_billion": 5e-9,
            "llama_tokens_billion": 5e-9,
        }
    )


def test_the_paper_s_rows_follow_ours_with_its_numbers() -> None:
    found = compare(
        _ours(), read_reported(PRINTED), keys=TABLE.keys, reported_value=TABLE.reported_value,
        bounds=TABLE.bounds, ours_first=TABLE.ours_first,
    )  # fmt: skip
    assert list(dict.fromkeys(found["source"]))[:3] == ["news", "chat", "Common Crawl"]
    printed = found[found["counted"] == "utf8_size_gb"].set_index("source")["paper"]
    assert printed["total"] == 11_519
    assert printed.drop("total").sum() == pytest.approx(11_498.6)
    shown = to_markdown(found, TABLE)
    assert "9022" in shown
    assert "0.0000010" in shown  # one document, in millions

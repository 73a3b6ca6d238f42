"""Which texts are compared: as many of each, in one order, or an error that says what to lower."""

from __future__ import annotations

from pathlib import Path

import pytest

from uncollapse.artifacts.datasets import TRAINING_TEXTS
from uncollapse.artifacts.parquet import read_table, write_table
from uncollapse.artifacts.passages import PASSAGES
from uncollapse.diagnostics.neighbourhoods import LEAST
from uncollapse.errors import DataError
from uncollapse.pretraining.diagnosis import subjects
from uncollapse.pretraining.measurement_settings import EMBEDDED, DiagnosticsSettings


@pytest.fixture
def chosen(passages: dict[str, Path], tmp_path: Path) -> Path:
    """A data set of one human and two machine-written passages."""
    table = read_table(passages["train"], PASSAGES).to_pandas()
    machine = table[table["written_by"] == "machine"].tail(2)
    rows = [*table[table["written_by"] == "human"].head(1).itertuples(), *machine.itertuples()]
    columns = {name: [getattr(row, name) for row in rows] for name in ("passage_id", "corpus", "written_by")}
    write_table(tmp_path / "chosen.parquet", {**columns, "ids": [[1]] * 3}, TRAINING_TEXTS)
    return tmp_path / "chosen.parquet"


def test_as_many_texts_of_each_and_of_a_data_set_what_a_machine_wrote(passages: dict[str, Path], chosen: Path) -> None:
    texts, ids = subjects(passages["train"], {"chosen": chosen}, most=2, key="passages")
    assert {name: len(each) for name, each in texts.items()} == {"human": 2, "machine": 2, "chosen": 2}
    assert all(text.startswith("chat") for text in [*texts["machine"], *texts["chosen"]])
    assert set(ids["chosen"]) == set(read_table(chosen, TRAINING_TEXTS).column("passage_id").to_pylist()[1:])


def test_only_human_text_has_a_yardstick(passages: dict[str, Path], chosen: Path) -> None:
    texts, _ = subjects(passages["train"], {"chosen": chosen}, most=2, key="passages", human=4)
    assert {name: len(each) for name, each in texts.items()} == {"human": 4, "machine": 2, "chosen": 2}
    with pytest.raises(DataError, match=r"human: \d+ passages, 4000 are needed; lower diagnostics.passages"):
        subjects(passages["train"], {"chosen": chosen}, most=2, key="passages", human=4000)


@pytest.mark.parametrize("key", ["passages", "counted"])
def test_too_few_texts_name_the_key_to_lower(passages: dict[str, Path], chosen: Path, key: str) -> None:
    with pytest.raises(DataError, match=f"chosen: 2 passages, 3 are needed; lower diagnostics.{key}"):
        subjects(passages["train"], {"chosen": chosen}, most=3, key=key)


def test_too_few_passages_for_embeddings_are_refused_before_any_job() -> None:
    assert EMBEDDED == LEAST
    DiagnosticsSettings(passages=EMBEDDED, embeddings=True)
    DiagnosticsSettings(passages=EMBEDDED - 1)
    with pytest.raises(ValueError, match=f"{EMBEDDED - 1}, and embeddings take {EMBEDDED}; raise it"):
        DiagnosticsSettings(passages=EMBEDDED - 1, embeddings=True)

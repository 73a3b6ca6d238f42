"""What a selector keeps of the machine-written passages; perplexity of a model, corpus by corpus."""

from __future__ import annotations

import io
import math
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch

from uncollapse.editing.transformers_prior import TransformersPrior
from uncollapse.jobs.progress import Progress
from uncollapse.language.base import untrained
from uncollapse.language.settings import Architecture
from uncollapse.passage_selection.kept import kept
from uncollapse.passage_selection.settings import TextSelectionSettings
from uncollapse.pretraining.evaluation import evaluate
from uncollapse.pretraining.tokens import learn


@pytest.fixture(scope="module")
def prior(passages: dict[str, Path]) -> TransformersPrior:
    """A random model whose context is shorter than a passage, so that windows overlap."""
    tokenizer = learn(passages["train"], vocabulary_size=280, count=40)
    settings = Architecture(architecture="gpt2", hidden_size=16, layers=1, heads=2, context=8)
    model = untrained(settings, tokenizer, seed=0)
    with torch.no_grad():
        for parameter in model.model.parameters():
            parameter.mul_(4)
    return TransformersPrior(model.model, model.tokenizer)


@pytest.mark.parametrize("by", ["dsir", "perplexity", "educational", "random"])
def test_a_selector_keeps_its_share_of_the_machine_part_alone(
    by: str, tokens: Path, passages: dict[str, Path], prior: TransformersPrior, tmp_path: Path
) -> None:
    settings = TextSelectionSettings(by=by, share=0.25, educational="news")  # type: ignore[arg-type]
    if by == "educational":  # it takes other human text to tell teaching from
        settings = settings.model_copy(update={"educational": "news"})
        with pytest.raises(Exception, match="0 other documents"):
            _kept(settings, tokens, passages, prior, tmp_path)
        return
    found = _kept(settings, tokens, passages, prior, tmp_path)
    machine = np.array(pq.read_table(tokens).column("written_by").to_pylist()) == "machine"
    assert found[~machine].all()
    assert found[machine].sum() == round(0.25 * machine.sum())


def test_low_perplexity_is_low(
    tokens: Path, passages: dict[str, Path], prior: TransformersPrior, tmp_path: Path
) -> None:
    machine = np.array(pq.read_table(tokens).column("written_by").to_pylist()) == "machine"
    chosen = {}
    for region in ("lowest", "highest"):
        settings = TextSelectionSettings(by="perplexity", share=0.25, region=region)  # type: ignore[arg-type]
        chosen[region] = _kept(settings, tokens, passages, prior, tmp_path)[machine]
    assert not (chosen["lowest"] & chosen["highest"]).any()


def test_density_draws_fewer_from_a_crowd(
    tokens: Path, passages: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All passages but every eighth say nearly the same."""

    def embedded(texts: list[str], **_: object) -> np.ndarray:
        rng = np.random.default_rng(0)
        rows = np.tile([1.0, *[0.0] * 15], (len(texts), 1)) + 0.01 * rng.normal(size=(len(texts), 16))
        rows[::8] = rng.normal(size=(len(rows[::8]), 16))
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    monkeypatch.setattr("uncollapse.language.sentence_embeddings.embed", embedded)
    settings = TextSelectionSettings(by="density", share=0.25)
    given = {"prior": None, "encoder": Path("encoder.whl"), "device": torch.device("cpu"), "machine": ["chat"]}
    found = kept(settings, tokens=tokens, passages=passages["train"], folder=tmp_path, **given)
    machine = np.array(pq.read_table(tokens).column("written_by").to_pylist()) == "machine"
    chosen = found[machine]
    assert chosen.sum() == round(0.25 * machine.sum())
    assert chosen[::8].mean() > 2 * 0.25


def test_a_selector_looks_at_no_more_passages_than_it_may(tokens: Path, tmp_path: Path) -> None:
    settings = TextSelectionSettings(by="random", share=0.5, candidates=10)
    given = {"prior": None, "encoder": None, "device": torch.device("cpu"), "machine": ["chat"]}
    table = pq.read_table(tokens).to_pandas()
    found = kept(settings, tokens=tokens, passages=None, folder=tmp_path, **given)
    machine = table[table["written_by"] == "machine"]
    first = machine.nsmallest(10, "place").index
    chosen = table.index[found & (table["written_by"] == "machine")]
    assert len(chosen) == 5
    assert set(chosen) <= set(first)


def _kept(
    settings: TextSelectionSettings, tokens: Path, passages: dict[str, Path], prior: TransformersPrior, folder: Path
) -> np.ndarray:
    given = {"encoder": None, "device": torch.device("cpu"), "machine": ["chat"], "folder": folder}
    given |= {"passages": None if settings.by == "perplexity" else passages["train"]}
    return kept(settings, tokens=tokens, prior=prior, **given)


def test_perplexities_add_up_over_tokens_and_bytes(tokens: Path, prior: TransformersPrior) -> None:
    rows = evaluate(tokens, prior, held_out=["chat"], progress=Progress("x", unit="y", stream=io.StringIO()))
    assert [(row["corpus"], row["trained"]) for row in rows] == [("news", True), ("chat", False)]
    table = pq.read_table(tokens).to_pandas()
    for row in rows:
        mine = table[table["corpus"] == row["corpus"]]
        assert row["tokens"] == mine["ids"].map(len).sum()
        assert row["bytes"] == mine["bytes"].sum()
        assert row["perplexity"] == pytest.approx(math.exp(-row["log_prob"] / row["tokens"]))
        assert row["bits_per_byte"] == pytest.approx(-row["log_prob"] / row["bytes"] / math.log(2))
        assert row["perplexity"] > 1

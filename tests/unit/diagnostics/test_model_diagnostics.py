"""Perplexities, token probabilities, neighbourhoods, and scoring by a tiny model."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from uncollapse.diagnostics import density_responses, neighbourhoods, perplexity, token_probabilities
from uncollapse.diagnostics.embedding_map import draw_map
from uncollapse.diagnostics.measurement import as_frame
from uncollapse.diagnostics.verdicts import judge
from uncollapse.errors import ArtifactError, DataError
from uncollapse.passage_selection import density
from uncollapse.products.claims import zhu_diagnostics


def value(frame, measure: str, subject: str):
    rows = frame[(frame.measure == measure) & (frame.subject == subject)]
    assert len(rows) == 1
    return rows.iloc[0]


def log_probs(rng: np.random.Generator, spread: float, level: float, documents: int = 150) -> list[np.ndarray]:
    return [-np.full(10, each) for each in np.abs(rng.normal(level, spread, documents))]


def test_a_missing_tail_is_found_and_an_equal_corpus_is_not_accused() -> None:
    rng = np.random.default_rng(0)
    found = {
        name: perplexity.document_perplexities(log_probs(rng, spread, level))
        for name, spread, level in (("human", 0.8, 3.5), ("narrow", 0.1, 2.0), ("alike", 0.8, 3.5))
    }
    frame = as_frame(perplexity.measure(found, prior="tiny", rng=rng))
    assert value(frame, "above the human quantile 0.95", "narrow").high < 5
    assert value(frame, "above the human quantile 0.95", "narrow").high > 0
    assert value(frame, "upper end against human", "narrow").high < 25
    alike = value(frame, "overlap", "alike")
    assert alike.value > 70
    assert value(frame, "overlap", "narrow").high < 60
    assert value(frame, "quantile 0.5", "alike - human").low < 0 < value(frame, "quantile 0.5", "alike - human").high
    assert zhu_diagnostics.lowest_quarter(frame, synthetic="narrow").verdict == "reproduced"
    one = zhu_diagnostics.no_upper_tail(frame, synthetic="narrow")
    assert one.verdict == "not run at this scale"  # the claim is about whichever prior is used
    assert "Under one alone: above the human quantile 0.9 under tiny: 0.0 percent" in one.explanation
    both = pd.concat([frame, as_frame(perplexity.measure(found, prior="other", rng=rng))], ignore_index=True)
    assert zhu_diagnostics.no_upper_tail(both, synthetic="narrow").verdict == "reproduced"
    assert zhu_diagnostics.lowest_quarter(frame, synthetic="alike").verdict == "contradicted"
    verdicts = judge(frame, first="human", second="narrow")
    assert [verdict.answer for verdict in verdicts] == ["narrower"]
    assert judge(frame, first="human", second="alike")[0].answer != "narrower"


def test_the_overlap_of_uniform_halves_is_known() -> None:
    human = np.arange(1.0, 401.0)
    frame = as_frame(perplexity.measure({"human": human, "low": human[:200]}, prior="", rng=np.random.default_rng(0)))
    assert value(frame, "overlap", "low").value == pytest.approx(50)
    assert value(frame, "above the human quantile 0.75", "low").value == 0
    assert value(frame, "upper end against human", "low").value == pytest.approx(100 * 198 / 396)


def test_a_ratio_is_never_below_what_it_can_be() -> None:
    rng = np.random.default_rng(0)
    found = {"human": np.exp(rng.normal(3, 1.5, 25)), "wide": np.exp(rng.normal(3, 2.5, 25))}
    frame = as_frame(perplexity.measure(found, prior="", rng=rng))
    wide = value(frame, "quantile 0.95 over quantile 0.05", "wide")
    assert 1 <= wide.low < wide.value < wide.high
    assert wide.high / wide.value == pytest.approx(wide.value / wide.low)
    own = frame[frame.subject.isin(["human", "wide"])]
    assert (own.low >= 0).all()
    assert (own[own.measure.str.startswith("quantile")].low >= 1).all()


def test_points_that_do_not_differ_have_no_map_and_no_density() -> None:
    points = np.repeat(np.random.default_rng(4).normal(size=(1, 6)), 90, axis=0).astype(np.float32)
    with pytest.raises(DataError, match="the 180 documents have one and the same embedding"):
        draw_map({"a": points, "b": points * np.float32(1 + 1e-7)}, seed=0)
    mostly = np.concatenate([points, np.eye(6)[:5]])
    with pytest.raises(DataError, match="a: most of its documents have one and the same embedding"):
        density.responses({"a": mostly, "b": points}, seed=0, rows=5, counters=100)
    assert len(draw_map({"a": mostly, "b": points}, seed=0)) == 185


def test_too_few_documents_is_said() -> None:
    with pytest.raises(DataError, match="b: 3 documents with a perplexity"):
        perplexity.measure({"a": np.arange(1.0, 30), "b": np.arange(1.0, 4)}, prior="", rng=np.random.default_rng(0))


def test_bins_of_token_probabilities() -> None:
    probabilities = [[0.05] * 5 + [0.55] + [0.995] * 4, [0.05] * 5 + [0.45] + [0.95] * 4]
    given = {"human": [np.log(each) for each in probabilities] * 10}
    frame = as_frame(token_probabilities.measure(given, prior="tiny", rng=np.random.default_rng(0)))
    assert value(frame, "0.0 to 0.1", "human").value == 50
    assert value(frame, "below 0.6", "human").value == 60
    assert value(frame, "above 0.99", "human").value == 20
    assert value(frame, "upper end over its neighbour", "human").value == 40
    assert value(frame, "lower end over its neighbour", "human").value == 50
    assert zhu_diagnostics.u_shape(frame, human="human").verdict == "reproduced"
    falling = {"human": [np.log([0.05] * 5 + [0.85] * 2 + [0.95])] * 20}
    frame = as_frame(token_probabilities.measure(falling, prior="tiny", rng=np.random.default_rng(0)))
    assert zhu_diagnostics.u_shape(frame, human="human").verdict == "contradicted"
    beside = zhu_diagnostics.u_shape(frame, human="human", references=["another"])
    assert (beside.verdict, "too little to be a reference" in beside.explanation) == ("not run at this scale", True)


def test_neighbourhood_measures_against_a_plain_loop() -> None:
    rng = np.random.default_rng(1)
    real, fake = rng.normal(size=(30, 3)), rng.normal(0.5, 1, size=(25, 3))
    found = neighbourhoods.coverage_measures(
        neighbourhoods.distances(real, real), neighbourhoods.distances(fake, fake), neighbourhoods.distances(real, fake)
    )

    def gap(a, b) -> float:
        return float(np.linalg.norm(a - b))

    reach_real = [sorted(gap(x, y) for y in real)[5] for x in real]
    reach_fake = [sorted(gap(x, y) for y in fake)[5] for x in fake]
    inside = [[gap(x, y) <= r for x, r in zip(real, reach_real, strict=True)] for y in fake]
    assert found["precision"] == pytest.approx(np.mean([any(row) for row in inside]))
    assert found["density"] == pytest.approx(np.sum(inside) / (5 * 25))
    assert found["coverage"] == pytest.approx(np.mean(np.any(inside, axis=0)))
    covered = [any(gap(x, y) <= r for y, r in zip(fake, reach_fake, strict=True)) for x in real]
    assert found["recall"] == pytest.approx(np.mean(covered))


def test_a_narrow_cloud_covers_less_and_another_sample_as_much() -> None:
    rng = np.random.default_rng(2)
    clouds = {
        "human": rng.normal(size=(400, 6)),
        "narrow": 0.2 * rng.normal(size=(200, 6)),
        "alike": rng.normal(size=(200, 6)),
    }
    frame = as_frame(neighbourhoods.measure(clouds, prior="e", rng=rng))
    assert value(frame, "coverage", "narrow - human").high < 0
    assert value(frame, "coverage", "alike - human").high > 0
    assert value(frame, "energy", "narrow").low > value(frame, "energy", "human").high
    finding = zhu_diagnostics.selection_does_not_align(frame, human="human", synthetic="narrow", selected="alike")
    assert finding.verdict == "contradicted"
    assert "selected beyond other human text under e, of the distance without selection" in finding.explanation
    nearer = clouds | {"alike": 0.5 * clouds["alike"]}
    frame = as_frame(neighbourhoods.measure(nearer, prior="e", rng=rng))
    finding = zhu_diagnostics.selection_does_not_align(frame, human="human", synthetic="narrow", selected="alike")
    assert finding.explanation.find("Of 2 comparisons 1 holds, 1 fails and 0 cannot be told") > 0  # nearer, yet apart
    with pytest.raises(DataError, match="coverage takes 40 at least"):
        neighbourhoods.measure({"a": clouds["human"][:50], "b": clouds["alike"]}, prior="", rng=rng)


def test_density_responses_tell_twins_from_loners() -> None:
    rng = np.random.default_rng(3)
    clouds = {"spread": rng.normal(size=(60, 20)), "twins": np.repeat(rng.normal(size=(1, 20)), 60, axis=0)}
    found = density.responses(clouds, seed=0, rows=50, counters=1000)
    assert found["twins"].tolist() == [1.0] * 60
    frame = as_frame(density_responses.measure(found, prior="e", rng=rng))
    assert value(frame, "responses below 0.05", "spread").value > 90
    finding = zhu_diagnostics.responses_near_zero(frame, human="twins", synthetic="spread")
    assert (finding.verdict, finding.value) == ("inconclusive", value(frame, "responses below 0.05", "spread").value)
    assert zhu_diagnostics.responses_near_zero(frame, human="spread", synthetic="twins").verdict == "contradicted"


def test_scores_are_those_of_each_document_alone(tiny_model: Path) -> None:
    import torch

    from uncollapse.diagnostics.prior import load_prior, token_log_probs

    prior = load_prior(str(tiny_model))
    texts = ["the end of the sea", "", "a sea", "the the the the the the the"]
    done = []
    found = token_log_probs(prior, texts, batch_tokens=20, progress=done.append)
    assert [len(each) for each in found] == [5, 0, 2, 7]
    assert done[-1] == 4
    for text, scores in zip(texts, found, strict=True):
        ids = [0, *prior.tokenizer(text, add_special_tokens=False)["input_ids"]]
        with torch.inference_mode():
            logits = prior.model(torch.tensor([ids])).logits[0].log_softmax(dim=1)
        expected = [float(logits[place, token]) for place, token in enumerate(ids[1:])]
        assert np.allclose(scores, expected, atol=1e-5)
    assert len(token_log_probs(prior, texts, longest=3)[3]) == 3


def test_an_encoder_is_no_language_model_nor_the_other_way_round(tiny_model: Path, tiny_encoder: Path) -> None:
    from uncollapse.diagnostics.prior import load_prior
    from uncollapse.language.sentence_embeddings import embed

    with pytest.raises(ArtifactError, match=r"no causal language model \(its file lacks the weights cls.* more"):
        load_prior(str(tiny_encoder))
    assert embed(["the sea", "a"], encoder=str(tiny_encoder)).shape == (2, 16)
    with pytest.raises(ArtifactError, match="a LlamaForCausalLM; an encoder is needed"):
        embed(["the sea"], encoder=str(tiny_model))
    with pytest.raises(ArtifactError, match="a language model of this project; an encoder is needed"):
        embed(["the sea"], encoder="results/base_models/smollm2.safetensors")


@pytest.mark.parametrize(
    ("layer", "config", "told"),
    [
        ("Pooling", {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}, r"cls_token \(1_X/config"),
        ("Pooling", {"pooling_mode": "lasttoken"}, "lasttoken"),
        ("Pooling", {"pooling_mode_mean_tokens": True, "pooling_mode_max_tokens": True}, "mean_tokens, max_tokens"),
        ("Dense", {"in_features": 16}, "a further layer Dense"),
        ("Pooling", {"pooling_mode_mean_tokens": True, "include_prompt": True, "word_embedding_dimension": 16}, None),
        ("Pooling", {"pooling_mode": "mean"}, None),
    ],
)
def test_an_encoder_that_is_not_read_by_the_mean_is_refused(
    layer: str, config: dict[str, object], told: str | None, tiny_encoder: Path, tmp_path: Path
) -> None:
    from uncollapse.language.sentence_embeddings import embed

    encoder = tmp_path / "encoder"
    shutil.copytree(tiny_encoder, encoder)
    kinds = {"": "Transformer", "1_X": layer, "2_Normalize": "Normalize"}
    layers = [{"type": f"sentence_transformers.models.{kind}", "path": path} for path, kind in kinds.items()]
    (encoder / "modules.json").write_text(json.dumps(layers))
    (encoder / "1_X").mkdir()
    (encoder / "1_X" / "config.json").write_text(json.dumps(config))
    if told is None:
        assert np.array_equal(embed(["the sea"], encoder=str(encoder)), embed(["the sea"], encoder=str(tiny_encoder)))
    else:
        with pytest.raises(ArtifactError, match=f"encoder: is read by {told}"):
            embed(["the sea"], encoder=str(encoder))


def test_an_encoder_reads_what_spells_a_special_token_as_text(tiny_encoder: Path) -> None:
    import torch

    from uncollapse.language.sentence_embeddings import embed, load_encoder

    model, tokenizer = load_encoder(str(tiny_encoder))
    mark = tokenizer.all_special_tokens[0]
    text = f"the {mark} sea"
    as_text, as_mark = (tokenizer(text, split_special_tokens=split)["input_ids"] for split in (True, False))
    assert as_text != as_mark
    with torch.inference_mode():
        mean = model(input_ids=torch.tensor([as_text])).last_hidden_state.mean(dim=1)[0].numpy()
    (found,) = embed([text], encoder=str(tiny_encoder))
    assert np.allclose(found, mean / np.linalg.norm(mean), atol=1e-5)


def test_a_damaged_folder_is_said_in_a_line(tiny_model: Path, tmp_path: Path) -> None:
    from uncollapse.diagnostics.prior import load_prior

    shutil.copytree(tiny_model, tmp_path / "bad")
    (tmp_path / "bad" / "config.json").write_text("{}")
    with pytest.raises(ArtifactError, match="bad: cannot be loaded as a causal language model: "):
        load_prior(str(tmp_path / "bad"))


def test_a_model_of_this_project_is_a_prior(tiny_model: Path, tmp_path: Path) -> None:
    from uncollapse.diagnostics.prior import load_prior, token_log_probs
    from uncollapse.language.artifact import LanguageModel, save_language_model
    from uncollapse.language.model_files import check

    plain = load_prior(str(tiny_model))
    path = tmp_path / "mine.safetensors"
    save_language_model(LanguageModel(plain.model, plain.tokenizer), path, about={})
    check(str(path))
    stored = load_prior(str(path))
    assert stored.name == "mine"
    (expected,), (found,) = (token_log_probs(prior, ["the end of the sea"]) for prior in (plain, stored))
    assert np.allclose(found, expected, atol=1e-6)


def test_a_model_that_is_not_there_is_said(tmp_path: Path) -> None:
    from uncollapse.language.model_files import check, located

    with pytest.raises(ArtifactError, match="no such model"):
        check("./nowhere")
    (tmp_path / "cut.whl").write_bytes(b"PK")
    with pytest.raises(ArtifactError, match=r"cut\.whl: damaged, or no package file"):
        check(str(tmp_path / "cut.whl"))
    with located("owner/name") as found:
        assert found.place == "owner/name"

"""What a learning curve says of a model, against the model's own loss and its greedy answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from uncollapse.artifacts.parquet import read_table
from uncollapse.artifacts.prompts import prompts as prompt_schema
from uncollapse.decoding.beam_search import beam_search
from uncollapse.models.encoder_decoder import EncoderDecoder
from uncollapse.tasks import eigenvalues
from uncollapse.training.validation import Validation

SETTINGS = eigenvalues.Settings(matrix_size=1)
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def model(make_model: Callable[..., EncoderDecoder]) -> EncoderDecoder:
    return make_model(eigenvalues.layout(SETTINGS))


def test_loss_and_accuracy_over_several_batches(model: EncoderDecoder, write_prompts: Callable[..., Path]) -> None:
    path = write_prompts([1000, 300], matrix_size=1)
    table = read_table(path, prompt_schema(eigenvalues.PROMPT_COLUMNS))
    prompts = torch.from_numpy(eigenvalues.prompt_tokens(table, SETTINGS)).long()
    answers = torch.from_numpy(eigenvalues.answer_tokens(table, SETTINGS)).long()
    with torch.no_grad():
        loss = float(model.loss(prompts, answers))
    errors = eigenvalues.error(beam_search(model, prompts, beams=1)[0].numpy(), table, SETTINGS)[:, 0]
    tolerance = float(sorted(errors)[400])  # 400 of 1,300 answers are closer
    found = Validation(path, eigenvalues, SETTINGS, tolerance=tolerance, device=CPU)(model)
    assert found == {
        "validation_loss": pytest.approx(loss, rel=1e-5),
        "validation_accuracy": pytest.approx(int((errors < tolerance).sum()) / 1300),
    }
    assert 0.2 < found["validation_accuracy"] < 0.4


def test_a_model_that_knows_the_answers_has_accuracy_one(
    model: EncoderDecoder, write_prompts: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_prompts([20], matrix_size=1)
    validation = Validation(path, eigenvalues, SETTINGS, tolerance=0.006, device=CPU)

    def truth(model: EncoderDecoder, prompts: torch.Tensor, *, beams: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
        assert beams == 1
        return [(validation.answers[:8, None], torch.zeros(8, 1)), (validation.answers[8:, None], torch.zeros(12, 1))]

    monkeypatch.setattr("uncollapse.training.validation.label", truth)
    assert validation(model)["validation_accuracy"] == 1.0
